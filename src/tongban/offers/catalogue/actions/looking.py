"""Looking through a bulk change (逐项检查): every item of it held against structure, standard, quality and what it says now."""

import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from tongban.base.actor import Actor
from tongban.base.batches import batched
from tongban.offers.catalogue.models import BasicEdition, BasicItem, BulkChange, BulkRow, Item
from tongban.offers.catalogue.queries import since
from tongban.offers.catalogue.queries.files import read_file
from tongban.offers.catalogue.queries.transfer import Text, chosen_items, texts_of
from tongban.offers.catalogue.rules.changes import MOST_PROBLEMS, ChangeState, Verdict
from tongban.offers.catalogue.rules.drafts import completed, missing, read_partial
from tongban.offers.catalogue.rules.elements import TERMS
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.judging import told as reason_of
from tongban.offers.catalogue.rules.narrowing import violations
from tongban.offers.catalogue.rules.operations import Operation, applied, read_operation
from tongban.offers.catalogue.rules.quality import Severity, findings
from tongban.offers.catalogue.rules.sheets import CODE, Found, Place, Problem, exchanged, problems_of
from tongban.people.parties import queries as parties
from tongban.standards.codes import BadCode
from tongban.standards.item_codes import BusinessCode, ImplementationCode, ItemType, parse_any
from tongban.standards.text import msg

BATCH = 200  # items judged between two notes of how far it is

Location = Sequence[str | int]


@dataclass(slots=True)
class _Looked:
    """What was found so far (检查所得)."""

    problems: list[Problem] = field(default_factory=list)
    refused: int = 0
    total: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys([*Verdict, "held"], 0))

    def refuse(self, problems: Sequence[Problem]) -> None:
        self.refused += len(problems)
        self.problems += problems[: MOST_PROBLEMS - len(self.problems)]


def look_through(*, actor: Actor, change_id: uuid.UUID, at: datetime) -> None:
    """Look through a bulk change (逐项检查) that waits; then it is ready, or refused with everything that is wrong.

    Begun anew it forgets what a run that died had found. Nothing of an item is touched.
    """
    change = BulkChange.objects.filter(pk=change_id, state=ChangeState.WAITING).first()
    if change is None:
        return
    change.rows.all().delete()
    BulkChange.objects.filter(pk=change_id).update(progress=0, total=0)
    looked = _Looked()
    today = timezone.localtime(at).date()
    judge = _Judge(actor, change, today, looked)
    if change.operation is None:
        with io.BytesIO(bytes(change.content or b"")) as file:
            read = read_file(file)
            looked.refuse(read.problems)
            try:
                for batch in batched(read.items(), BATCH):
                    judge.take(batch)
            finally:
                read.close()
    else:
        operation = read_operation(change.operation)
        for items in batched(chosen_items(actor, change.selection), BATCH):
            judge.operate(operation, items)
    if not looked.total and not looked.refused:
        looked.refuse([Problem(Place(), msg("里面没有事项。"))])
    _conclude(change_id, looked, at)


@transaction.atomic
def _conclude(change_id: uuid.UUID, looked: _Looked, at: datetime) -> None:
    change = BulkChange.objects.select_for_update().get(pk=change_id)
    if change.state != ChangeState.WAITING:  # dropped meanwhile
        return
    change.state = ChangeState.REFUSED if looked.refused else ChangeState.READY
    change.content = None
    change.total = change.progress = looked.total
    change.same, change.changed, change.fresh, change.held = (
        looked.counts[key] for key in (Verdict.SAME, Verdict.CHANGED, Verdict.NEW, "held")
    )
    change.refused = looked.refused
    change.problems = [_kept(problem) for problem in looked.problems]
    change.ended_at = at if looked.refused else None
    change.save()
    if looked.refused:
        change.rows.all().delete()


def _kept(problem: Problem) -> list[object]:
    params = getattr(problem.reason, "params", {})
    told = {name: value if isinstance(value, int) else str(value) for name, value in params.items()}
    place = problem.place
    return [place.sheet, place.row, place.column, problem.code, str(problem.reason), told]


@dataclass(slots=True)
class _Judge:
    """Judges batches (成批检查); how many statements it needs does not grow with the items of a batch."""

    actor: Actor
    change: BulkChange
    today: date
    looked: _Looked
    _standards: dict[str, list[Terms]] = field(default_factory=dict)

    def take(self, batch: Sequence[Found]) -> None:
        """Items as a file tells them (文件里的事项)."""
        codes = [found.code for found in batch if _is_item_code(found.code)]
        items = {
            item.code: item
            for item in Item.objects.filter(code__in=codes).select_related("organ", "basic")
            if item.organ_id in self.actor.organs_as("editor")
        }
        fresh = self._unregistered([code for code in codes if code not in items])
        texts = texts_of([item.id for item in items.values()], self.today)
        self._learn({item.basic_id for item in items.values()} | {basic.code for basic, _ in fresh.values()})
        rows = []
        for found in batch:
            item = items.get(found.code)
            if item is None and found.code not in fresh:
                if found.code:
                    place = Place(found.place_of(()).sheet, found.place_of(()).row, CODE)
                    told = msg("本机关没有这个事项，也没有可以照此登记的基本目录事项。")
                    found.problems.append(Problem(place, told, found.code))
                self.looked.refuse(found.problems)
                continue
            basic, organ_name = (item.basic, item.organ.name) if item else fresh[found.code]
            text = texts.get(item.id) if item else None
            row = self._row(found, basic, text, organ_name, item)
            if row is not None:
                rows.append(row)
        self._note(len(batch), rows)

    def operate(self, operation: Operation, items: Sequence[Item]) -> None:
        """One operation on items (批量操作)."""
        texts = texts_of([item.id for item in items], self.today)
        self._learn({item.basic_id for item in items})
        rows = []
        for item in items:
            text = texts.get(item.id)
            if text is None:
                continue
            found = Found(item.code, applied(operation, text.body))
            problems = self.looked.refused
            row = self._row(found, item.basic, text, item.organ.name, item, named=True)
            if row is None and self.change.selection.get("skip"):
                self.looked.refused = problems
                told, self.looked.problems = self.looked.problems[problems:], self.looked.problems[:problems]
                row = self._bare(found, text, item.organ.name, item, Verdict.SAME)
                row.held = [_kept(one)[4:] for one in told[:5]]
            if row is not None:
                rows.append(row)
        self._note(len(items), rows)

    def _note(self, count: int, rows: list[BulkRow]) -> None:
        self.looked.total += count
        for row in rows:
            self.looked.counts[row.verdict] += 1
            self.looked.counts["held"] += bool(row.held)
        if not self.looked.refused:
            BulkRow.objects.bulk_create(rows)
        BulkChange.objects.filter(pk=self.change.id).update(progress=self.looked.total)

    def _learn(self, basics: set[str]) -> None:
        unknown = basics - set(self._standards)
        self._standards |= {code: [] for code in unknown}
        found = BasicEdition.objects.filter(since(self.today), basic__in=unknown).order_by("starts_on")
        for code, body in found.values_list("basic", "body"):
            self._standards[code].append(Terms.model_validate(body))

    def _unregistered(self, codes: Sequence[str]) -> dict[str, tuple[BasicItem, str]]:
        """Codes of the actor's organs that are not registered yet, with the basic item that each carries out."""
        organs = {
            organ.credit_code: organ.name
            for organ in map(parties.organ, self.actor.organs_as("editor") if codes else ())
        }
        mine = [code for code in codes if code[:18] in organs]
        basics = BasicItem.objects.in_bulk([code[19:] for code in mine])
        taken = set(
            Item.objects.filter(
                basic__in=list(basics), organ__credit_code__in=[code[:18] for code in mine]
            ).values_list("organ__credit_code", "basic_id")
        )
        return {
            code: (basics[code[19:]], organs[code[:18]])
            for code in mine
            if code[19:] in basics and (code[:18], code[19:]) not in taken
        }

    def _row(
        self,
        found: Found,
        basic: BasicItem,
        text: Text | None,
        organ_name: str,
        item: Item | None,
        *,
        named: bool = False,
    ) -> BulkRow | None:
        """What is to become of one item; None where something in it cannot be taken, which is then noted."""
        problems = found.problems
        body: dict[str, object] = {}
        if not problems:
            try:
                body = exchanged(read_partial(Guide, found.body))
            except ValidationError as error:
                problems = problems_of(found, [(one["loc"], reason_of(one)) for one in error.errors()])
        now = exchanged(text.body) if text else {}
        if not problems and text is not None and body == now:
            return self._bare(found, text, organ_name, item, Verdict.SAME)
        held: list[list[object]] = []
        if not problems:
            wrong, held = self._wrong(body, basic)
            problems = problems_of(found, wrong)
        if problems:
            if named:
                problems = [
                    Problem(Place(found.code, 0, _term(one.place)), one.reason, one.code) for one in problems
                ]
            self.looked.refuse(problems)
            return None
        row = self._bare(found, text, organ_name, item, Verdict.CHANGED if text else Verdict.NEW)
        row.name = str(body.get("name") or row.name or basic.name)[:200]
        row.body, row.held = body, held
        row.appeared = [name for name in body if name not in now]
        row.before = {name: now[name] for name in now if name not in body or now[name] != body[name]}
        return row

    def _bare(
        self, found: Found, text: Text | None, organ_name: str, item: Item | None, verdict: Verdict
    ) -> BulkRow:
        return BulkRow(
            change=self.change,
            code=found.code,
            item=item,
            name=text.name if text else "",
            organ_name=organ_name,
            verdict=verdict.value,
            base=text.edition if text else None,
            base_digest=text.digest if text else "",
        )

    def _wrong(
        self, body: dict[str, object], basic: BasicItem
    ) -> tuple[list[tuple[Location, str]], list[list[object]]]:
        """(what is wrong, why it cannot go to approval yet) of a body that is readable element by element."""
        standards = self._standards[basic.code]
        whole = completed(body, standards[0] if standards else None)
        lacking = missing(Guide, whole)
        try:
            guide = Guide.model_validate(whole)
        except ValidationError as error:
            if lacking:
                return [], [
                    [msg("还没有填：%(elements)s"), {"elements": "、".join(TERMS[x] for x in lacking)}]
                ]
            unfinished = [one for one in error.errors() if one["type"] in ("missing", "too_short")]
            if unfinished:
                return [], [[msg("还没有填：%(elements)s"), {"elements": _elements(unfinished)}]]
            return [(one["loc"], reason_of(one)) for one in error.errors()], []
        wrong: list[tuple[Location, str]] = [
            (one.path.split("."), one.told()) for standard in standards for one in violations(standard, guide)
        ]
        wrong += [
            (one.path.split("."), one.message)
            for one in findings(guide, ItemType(basic.item_type))
            if one.severity is Severity.ERROR
        ]
        return list(dict.fromkeys((tuple(path), reason) for path, reason in wrong)), []


def _elements(errors: Sequence[object]) -> str:
    names = dict.fromkeys(str(one["loc"][0]) for one in errors if isinstance(one, dict) and one["loc"])
    return "、".join(TERMS.get(name, name) for name in names)


def _term(place: Place) -> str:
    return place.column or place.sheet


def _is_item_code(code: str) -> bool:
    """Whether it can be the code of an item at all (是否事项编码), so that the database can be asked for it."""
    try:
        return isinstance(parse_any(code), ImplementationCode | BusinessCode)
    except BadCode:
        return False
