"""The stage (布景): one office, fifty items, people, and as many filled drafts as the runs can use up."""

import io
import json
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from django.core.management import call_command
from django.db import connection, connections
from tests import world as worlds

from tongban.base.actor import system
from tongban.base.ids import new_id
from tongban.offers.catalogue import actions as catalogue
from tongban.offers.catalogue import queries as catalogue_queries
from tongban.offers.catalogue.models import BasicItem
from tongban.people.identity.actions import issue_token

ITEMS = 50  # so that the day's serial of one item is not the one lock that all wait for
DRAFTS = 16_000  # filled drafts before each run of submits


@dataclass(frozen=True)
class Draft:
    """What a worker needs of a case (待办的件)."""

    id: uuid.UUID
    item_code: str
    version: int


# What a submit leaves behind, as far as an acceptance looks at it; these cases serve the load only.
_SUBMITTED = """
    UPDATE case_file SET state = 'submitted', number = 'B' || replace(id::text, '-', ''), submitted_at = %(at)s,
           clock = jsonb_build_array(jsonb_build_array('received', %(day)s::text, 0, '')), act_by = %(day)s::date + 7
    WHERE id = ANY(%(ids)s)
"""
# The same, accepted and examined by her who examines: what waits for the decider.
_EXAMINED = """
    UPDATE case_file SET state = 'examined', version = 3, accepted_at = %(at)s, examiner_id = %(examiner)s,
           clock = clock || jsonb_build_array(jsonb_build_array('accepted', %(day)s::text, 0, '')),
           promised_on = %(day)s::date + 7, due_on = %(day)s::date + 28, act_by = %(day)s::date + 7
    WHERE id = ANY(%(ids)s)
"""


class Stage:
    """Everything that the runs stand on (布景). ``url``: the database's address."""

    def __init__(self, url: str) -> None:
        self.url = url
        call_command("migrate", interactive=False, verbosity=0)
        self.world = worlds.build()
        self.editions: dict[uuid.UUID, str] = {}  # edition -> item code
        for number in range(ITEMS):
            self._item(f"000124{number:03d}000")
        self.tokens = {
            name: issue_token(
                actor=system("bench"), account_id=account, label="bench", days=3650, at=worlds.AT
            )
            for name, account in (("applicant", self.world.applicant.id), ("clerk", self.world.clerk.id))
            if account is not None
        }
        self.material = worlds.material(self.world)
        self.form: dict[str, object] = dict(worlds.FORM)
        connections.close_all()

    def _item(self, basic_code: str) -> None:
        BasicItem.objects.create(
            code=basic_code, name="公共场所卫生许可", item_type="01", origin="bench", demonstration=True
        )
        item = catalogue.register_item(
            actor=self.world.editor,
            basic_code=basic_code,
            organ_id=self.world.organ_id,
            level="4",
            at=worlds.AT,
        )
        edition = worlds.publish_edition(self.world.editor, item)
        self.editions[edition] = catalogue_queries.edition(edition).item_code

    def drafts(self) -> list[Draft]:
        """Filled drafts (草稿), topped up to :data:`DRAFTS` by COPY, their first ledger entries included."""
        found = self._cases("draft")
        missing = DRAFTS - len(found)
        if missing > 0:
            with psycopg.connect(self.url) as raw:
                self._copy(raw, [new_id() for _ in range(missing)])
            found = self._cases("draft")
        return found

    def _copy(self, raw: psycopg.Connection, ids: Sequence[uuid.UUID]) -> None:
        at, editions, world = datetime.now(UTC), list(self.editions), self.world
        applicant = world.applicant
        fixed = ["draft", 1, worlds.COUNTY, json.dumps(self.form), at, False]
        fixed += [applicant.id, world.organ_id, applicant.party_id, "{}", "{}", "[]"]
        cases = (
            "COPY case_file (id, state, version, place, form, started_at, provisional, account_id, organ_id, party_id, "
            "kept, delivery, clock, edition_id) FROM STDIN"
        )
        with raw.cursor().copy(cases) as copy:
            for place, id_ in enumerate(ids):
                edition = editions[place % len(editions)]
                copy.write_row([id_, *fixed, edition])
        attached = "COPY case_attachment (key, attached_at, material_id, case_id) FROM STDIN"
        with raw.cursor().copy(attached) as copy:
            for id_ in ids:
                for key in ("report", "lease"):
                    copy.write_row([key, at, self.material, id_])
        raw.execute(
            """
            WITH act AS (
                SELECT 'case:' || id AS stream, '{"act":"cases.start","stream":"case:' || id || '"}' AS body
                FROM unnest(%s::uuid[]) AS id
            ), entry AS (
                INSERT INTO ledger_entry (stream, seq, body, hash)
                SELECT stream, 1, body, sha256(convert_to(body, 'UTF8')) FROM act RETURNING stream, hash
            ) INSERT INTO ledger_head (stream, seq, hash, sealed_seq) SELECT stream, 1, hash, 0 FROM entry
            """,
            [list(ids)],
        )
        raw.commit()
        raw.autocommit = True
        raw.execute("VACUUM ANALYZE case_file, case_attachment, ledger_entry, ledger_head, outbox_event")

    def submitted(self) -> list[Draft]:
        """Cases that wait for acceptance (待受理): those that the runs before have submitted, topped up in bulk."""
        return self._topped_up("submitted", (_SUBMITTED,))

    def examined(self) -> list[Draft]:
        """Cases that wait for a decision (待决定), topped up in bulk."""
        return self._topped_up("examined", (_SUBMITTED, _EXAMINED))

    def _topped_up(self, state: str, ways: Sequence[str]) -> list[Draft]:
        found = self._cases(state)
        missing = DRAFTS - len(found)
        if missing > 0:
            ids = [new_id() for _ in range(missing)]
            at = datetime.now(UTC)
            values = {"at": at, "day": at.date().isoformat(), "ids": ids, "examiner": self.world.reviewer.id}
            with psycopg.connect(self.url) as raw:
                self._copy(raw, ids)
                for way in ways:
                    raw.execute(way, values)
            found = self._cases(state)
        return found

    def _cases(self, state: str) -> list[Draft]:
        with psycopg.connect(self.url) as raw:
            rows = raw.execute(
                "SELECT id, edition_id, version FROM case_file WHERE state = %s ORDER BY id LIMIT %s",
                [state, DRAFTS],
            ).fetchall()
        return [Draft(id_, self.editions[edition], version) for id_, edition, version in rows]


def statements(pgconn: psycopg.pq.abc.PGconn, act: Callable[[], object]) -> int:
    """How many statements ``act`` sends over this connection (语句数), BEGIN and COMMIT included: libpq's own trace."""
    with tempfile.TemporaryFile() as trace:
        pgconn.trace(trace.fileno())
        act()
        pgconn.untrace()
        trace.seek(0)
        lines = io.TextIOWrapper(trace, errors="replace").read().splitlines()
    return sum(
        1
        for line in lines
        if line.split("\t")[1:4:2] == ["F", "Query"] or ("\tF\t" in line and "\tExecute\t" in line)
    )


def statements_of_django(act: Callable[[], object]) -> int:
    """The same for what acts through Django's connection (语句数)."""
    connection.ensure_connection()
    return statements(connection.connection.pgconn, act)


def own_part(cases: Sequence[Draft], number: int, workers: int) -> Iterator[Draft]:
    """The cases of one worker (分工): nobody else has them."""
    return iter(cases[number::workers])
