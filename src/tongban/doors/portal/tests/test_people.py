"""Three people at every address of a case: the applicant, her clerk (nobody at the portal), a stranger."""

from collections.abc import Callable

import pytest
from django.test import Client
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.doors.portal.tests.conftest import text_of
from tongban.records.licences import queries as licences
from tongban.work.cases import queries

Browser = Callable[[Actor | None], Client]
OF_CASE = [
    "",
    "/form/shop",
    "/form/shop/keep",
    "/materials",
    "/materials/report",
    "/check",
    "/discard",
    "/receipt",
    "/withdraw",
    "/rate",
]


@pytest.mark.parametrize("state", ["draft_filled", "submitted", "supplement", "closed"])
def test_only_the_applicant_sees_and_touches_her_case(world: World, browser: Browser, state: str):
    case = getattr(worlds, state)(world)
    before = queries.one(world.applicant, case.id)
    files = [f"/files/{found.material_id}" for found in before.attachments]
    for address in [f"/my/cases/{case.id}{end}" for end in [*OF_CASE, *files]]:
        for method in ("get", "post"):
            assert getattr(browser(None), method)(address).status_code in (302, 401, 405), address
            assert getattr(browser(world.clerk), method)(address).status_code in (302, 401, 405), address
            answer = getattr(browser(world.stranger), method)(address)
            page = text_of(answer) if not answer.streaming else ""
            # What only leads back to a page tells nothing; the page itself is refused.
            assert answer.status_code in (302, 404, 405), address
            assert "阿秀理发店" not in page
            assert answer.status_code != 302 or answer["Location"].startswith(f"/my/cases/{case.id}")
    assert queries.one(world.applicant, case.id) == before
    for end in ("", *files):
        assert browser(world.applicant).get(f"/my/cases/{case.id}{end}").status_code == 200


def test_a_licence_and_materials_are_only_their_owners(world: World, browser: Browser):
    case = worlds.closed(world)
    licence = licences.of_case(world.applicant, case.id, on=world.at.date())
    assert licence is not None
    material = worlds.material(world)
    for address in (f"/my/licences/{licence.id}.pdf", f"/my/materials/{material}"):
        assert browser(world.applicant).get(address).status_code == 200
        assert browser(world.stranger).get(address).status_code == 404
        assert browser(world.clerk).get(address).status_code == 302
    for address in ("/my", "/my/materials"):
        page = text_of(browser(world.stranger).get(address))
        assert "公共场所" not in page
        assert "报告.pdf" not in page


def test_nobody_uses_anothers_material(world: World, browser: Browser):
    draft = worlds.draft_filled(world)
    foreign = worlds.material(world, world.stranger)
    answer = browser(world.applicant).post(f"/my/cases/{draft.id}/materials/plan", {"again": str(foreign)})
    assert answer.status_code == 404
    assert foreign not in {found.material_id for found in queries.one(world.applicant, draft.id).attachments}
