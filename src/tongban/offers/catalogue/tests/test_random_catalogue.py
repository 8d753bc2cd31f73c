"""Random acts by editors of several organs and of the province: whatever they try, nothing published breaks a rule."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests import world as worlds
from tests.world import AT, BASIC_CODE, GUIDE, World

from tongban.base.actor import Actor, system
from tongban.base.errors import Refusal
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.models import BasicEdition, Edition
from tongban.offers.catalogue.rules.editions import PENDING
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.narrowing import violations
from tongban.offers.catalogue.rules.quality import Severity, findings
from tongban.offers.catalogue.tests.test_drift import offered
from tongban.standards.item_codes import ItemType

FIRST = date(2026, 11, 2)
FEE = {"name": "工本费", "standard": "每证20元", "basis": "某文件", "online": True}
EXTRA = {"key": "extra", "name": "无犯罪证明"}


@pytest.fixture
def world(db: None) -> World:
    return worlds.build()


class Catalogue:
    """A catalogue in which chance acts: every act is one that an editor could try, most of them refused or not."""

    def __init__(self, world: World, items: list[tuple[Actor, Any]], seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 -- test data, nothing secret
        self.province = system("tests")
        self.items = [(world.editor, world.item_id), *items]
        self.done = self.refused = 0

    def day(self) -> date:
        return FIRST + timedelta(days=self.chance.randint(0, 400))

    def text(self) -> dict[str, Any]:
        """The guide of the world with one to three elements changed, for better or for worse."""
        take = self.chance.choice
        promised = self.chance.randint(1, 12)
        changes: list[dict[str, Any]] = [
            {"limits": {"statutory_days": promised + self.chance.randint(0, 10), "promised_days": promised}},
            {"materials": [*self.chance.sample(GUIDE["materials"], k=2), *([EXTRA] * take([0, 0, 1]))]},  # type: ignore[arg-type] # a list in this literal
            {"fees": take([[], [FEE], [FEE | {"standard": "每证30元"}], [FEE | {"online": None}]])},
            {"conditions": take([["有固定的经营场所。"], ["有固定的经营场所。", "有本地户籍。"]])},
            {"special_procedures": take([[], [{"kind": "hearing", "days": self.chance.randint(0, 30)}]])},
            {"faq": take([[], GUIDE["faq"]])},
            {"name": take([GUIDE["name"], GUIDE["name"], "另一个名字"])},
            {"remarks": take([[], [{"label": "另", "text": "请多带一份。"}]])},
        ]
        told: dict[str, Any] = dict(GUIDE)
        for change in self.chance.sample(changes, k=self.chance.randint(1, 3)):
            told |= change
        return told

    def try_(self, act: Callable[[], object]) -> None:
        with suppress(Refusal, IntegrityError):
            with transaction.atomic():
                self.refused += 1
                act()
            self.refused -= 1
            self.done += 1

    def local(self) -> None:
        editor, item = self.chance.choice(self.items)
        made = actions.draft_edition(actor=editor, item_id=item, body=self.text(), at=AT)
        worlds.put_through(editor, made, self.day())

    def standard(self) -> None:
        body = {name: value for name, value in self.text().items() if name in Terms.model_fields}
        made = actions.draft_basic(actor=self.province, basic_code=BASIC_CODE, body=body, at=AT)
        day = self.day()
        if self.chance.random() < 0.7:
            actions.propose(actor=self.province, edition_id=made, starts_on=day, at=AT)
        worlds.put_standard_through(self.province, made, day)

    def end(self) -> None:
        standing = list(Edition.objects.filter(state="published").values_list("id", "item_id"))
        edition, item = self.chance.choice(standing)
        editor = next(one for one, its in self.items if its == item)
        actions.retire(actor=editor, edition_id=edition, ends_on=self.day(), reason="", at=AT)

    def end_standard(self) -> None:
        standing = list(BasicEdition.objects.filter(state="published").values_list("id", flat=True))
        if standing:
            made = self.chance.choice(standing)
            actions.retire_basic(actor=self.province, edition_id=made, ends_on=self.day(), reason="", at=AT)


def ensure_lawful() -> int:
    """On every day on which anything begins or ends, nothing in force goes beyond its standard or fails a check."""
    public = Edition.objects.exclude(state__in=PENDING)
    bounds = {day for span in public.values_list("starts_on", "ends_on") for day in span if day}
    bounds |= {
        day
        for span in BasicEdition.objects.exclude(state__in=PENDING).values_list("starts_on", "ends_on")
        for day in span
        if day
    }
    looked = 0
    for day in bounds:
        standard = queries.basic_in_force(BASIC_CODE, day)
        in_force = list(public.filter(queries.since(day), starts_on__lte=day).select_related("item"))
        assert len({one.item_id for one in in_force}) == len(in_force)
        for edition in in_force:
            guide = Guide.model_validate(edition.body)
            assert not [one for one in findings(guide, ItemType.LICENCE) if one.severity is Severity.ERROR]
            if standard is not None and edition.item.basic_id == BASIC_CODE:
                assert violations(standard.terms, guide) == [], (day, edition.id)
            looked += 1
    return looked


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_random_catalogues_never_publish_a_violation(world: World, tmp_path: Path, seed: int):
    catalogue = Catalogue(world, offered(tmp_path, 3), seed)
    for _ in range(40):
        catalogue.try_(
            catalogue.chance.choices(
                [catalogue.local, catalogue.standard, catalogue.end, catalogue.end_standard], [8, 5, 1, 1]
            )[0]
        )
    assert ensure_lawful() > 10
    assert catalogue.done > 2
    assert catalogue.refused > 5
