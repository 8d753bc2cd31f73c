"""The report of real cases: who is told, by what right, and that one altered row is named."""

import json
import subprocess
import zipfile
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import world as worlds

from tongban.base.db import execute
from tongban.base.errors import Conflict, Forbidden, NotFound
from tongban.base.ledger import actions as ledger_actions
from tongban.base.ledger import queries as ledger
from tongban.oversight.responsibility import actions, queries
from tongban.oversight.responsibility.rules.authority import Ground
from tongban.oversight.responsibility.rules.report import Part
from tongban.work.cases import actions as cases
from tongban.work.cases import jobs

AT = worlds.AT


@pytest.fixture
def closed(db):
    world = worlds.build()
    case = worlds.closed(world)
    jobs.make_document(1, str(case.id), case.number)
    return world, case


def seal():
    ledger_actions.seal(at=AT)


def test_every_act_of_a_case_has_its_authority_and_holds(closed):
    world, case = closed
    seal()
    report = queries.report_of(world.applicant, case.id, at=AT).report
    told = [(line.act, line.authority.ground, line.authority.role) for line in report.lines]
    assert [
        one for one in told if one[0] in ("cases.submit", "cases.accept", "cases.examine", "cases.grant")
    ] == [
        ("cases.submit", Ground.ONESELF, ""),
        ("cases.accept", Ground.POST, "clerk"),
        ("cases.examine", Ground.POST, "reviewer"),
        ("cases.grant", Ground.POST, "decider"),
    ]
    assert told[-1][:2] == ("licences.issue", Ground.RULE)
    assert not [line for line in report.lines if line.authority.ground is Ground.NONE]
    assert report.broken == ()
    assert report.waiting == 0
    assert report.subject.number_of_id.count("*") == 8


def test_the_report_takes_the_same_statements_however_many_acts_there_are(closed):
    world, case = closed
    seal()
    queries.report_of(world.head, case.id, at=AT)  # what is read once per process is read now

    def taken() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as seen:
            lines = queries.report_of(world.head, case.id, at=AT).report.lines
        return len(lines), len(seen)

    before = taken()
    for _ in range(6):
        cases.export(actor=world.head, case_id=case.id, at=AT)
        seal()
    assert taken() == (before[0] + 6, before[1])


def test_the_applicant_heads_and_supervisors_read_it_and_nobody_else(closed):
    world, case = closed
    for actor in (world.applicant, world.head, world.governor, world.supervisor, world.county_supervisor):
        assert queries.report_of(actor, case.id, at=AT).report.lines
    for actor in (world.clerk, world.reviewer, world.decider):
        with pytest.raises(Forbidden):
            queries.report_of(actor, case.id, at=AT)
    for actor in (world.stranger, world.other_clerk, world.editor):
        with pytest.raises(NotFound):
            queries.report_of(actor, case.id, at=AT)


def test_a_draft_has_none(db):
    world = worlds.build()
    case = worlds.draft_filled(world)
    with pytest.raises(Conflict):
        queries.report_of(world.applicant, case.id, at=AT)


@pytest.mark.parametrize(
    ("change", "act", "part"),
    [
        (
            "UPDATE case_document SET body = body || '{\"note\":\"x\"}' WHERE verb = 'grant'",
            "cases.grant",
            Part.TEXT,
        ),
        ("DELETE FROM case_document WHERE verb = 'examine'", "cases.examine", Part.TEXT),
        ("UPDATE licence SET name = name || 'x'", "licences.issue", Part.TEXT),
        ('UPDATE case_file SET form = form || \'{"shop_name":"y"}\'', "cases.submit", Part.TEXT),
        (
            "UPDATE ledger_entry SET body = replace(body, 'cases.grant', 'cases.granz') WHERE body LIKE '%%cases.grant\"%%'",
            "cases.granz",
            Part.LEDGER,
        ),
        (
            "UPDATE ledger_seal SET signature = set_byte(signature, 3, get_byte(signature, 3) # 1)",
            "cases.grant",
            Part.SEAL,
        ),
    ],
)
def test_one_altered_row_is_named_with_its_act_and_part(closed, change, act, part):
    world, case = closed
    seal()
    tamper(change)
    report = queries.report_of(world.applicant, case.id, at=AT).report
    found = {(line.act, one.part) for line in report.lines for one in line.broken}
    assert (act, part) in found
    assert {one for _, one in found} <= {part, Part.LEDGER, Part.SEAL}


def tamper(statement: str) -> None:
    """What somebody with the keys to the database could do: past every trigger."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("ledger_entry", "ledger_evidence", "ledger_seal", "licence"):
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    assert execute(statement) == 1


def test_an_act_by_somebody_who_held_no_such_post_that_day_is_told(closed):
    world, case = closed
    execute(
        "UPDATE holding SET until = '2021-01-01' WHERE role = 'decider' AND organ_id = %s", [world.organ_id]
    )
    lines = queries.report_of(world.applicant, case.id, at=AT).report.lines
    assert [line.act for line in lines if line.authority.ground is Ground.NONE] == ["cases.grant"]


def test_the_paper_is_a_signed_pdf_and_that_it_was_taken_is_recorded(closed, tmp_path):
    world, case = closed
    taken = actions.take_paper(actor=world.head, case_id=case.id, at=AT)
    path = tmp_path / "report.pdf"
    path.write_bytes(b"".join(taken.chunks))
    words = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "责任认定报告" in words
    assert "准予许可" in words
    signature = subprocess.run(
        ["pdfsig", "-nocert", path], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid" in signature
    (act,) = ledger.acts_of(f"responsibility:{case.id}")
    assert (act.act, act.actor["id"], act.data["form"]) == (
        "responsibility.take",
        str(world.head.id),
        "paper",
    )


def test_an_archive_waits_for_the_seals(closed):
    world, case = closed
    with pytest.raises(Conflict):
        actions.take_archive(actor=world.applicant, case_id=case.id, at=AT)
    seal()
    taken = actions.take_archive(actor=world.applicant, case_id=case.id, at=AT)
    with zipfile.ZipFile(BytesIO(b"".join(taken.chunks))) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        report = json.loads(archive.read("report.json"))
    assert {"README.txt", "report.pdf", "report.json", "ledger.json", "manifest.json"} <= set(names)
    assert len(report["acts"]) == len(queries.report_of(world.applicant, case.id, at=AT).report.lines)
