"""An application signed by its applicant at the last page: offered, never demanded; a wrong PIN loses nothing."""

from collections.abc import Callable

import pytest
from django.test import Client
from tests import signed
from tests import world as worlds
from tests.world import World

from tongban.base.actor import Actor
from tongban.base.ledger import queries as ledger
from tongban.doors.portal.tests.conftest import hidden, text_of
from tongban.people.certificates.rules.profiles import Algorithm
from tongban.people.certificates.tests.service import PIN
from tongban.work.cases import queries
from tongban.work.cases.rules.moves import State

Browser = Callable[[Actor | None], Client]


@pytest.fixture
def held(world: World) -> None:
    signed.build(Algorithm.P256, world)


def sent(page) -> dict[str, str]:
    return {name: hidden(page, name) for name in ("key", "version")}


def test_an_application_is_signed_with_the_applicants_certificate(world: World, held: None, browser: Browser):
    case, client = worlds.draft_filled(world), browser(world.applicant)
    address = f"/my/cases/{case.id}/check"
    page = client.get(address)
    assert 'name="pin"' in text_of(page)
    assert "不签名就空着" in text_of(page)
    assert client.post(address, sent(page) | {"pin": PIN}).status_code == 302
    act = ledger.acts_of(f"case:{case.id}")[-1]
    assert (act.act, bool(act.signature)) == ("cases.submit", True)
    shown = text_of(client.get(f"/my/cases/{case.id}"))
    assert "已签名" in shown
    assert f"/my/cases/{case.id}/acts/{act.seq}.p7s" in shown


def test_a_wrong_pin_sends_nothing_and_keeps_the_draft(world: World, held: None, browser: Browser):
    case, client = worlds.draft_filled(world), browser(world.applicant)
    address = f"/my/cases/{case.id}/check"
    answer = client.post(address, sent(client.get(address)) | {"pin": "wrong-pin-3"})
    assert answer.status_code == 422
    assert "证书口令不对" in text_of(answer)
    assert 'href="#id_pin"' in text_of(answer)
    assert "阿秀理发店" in text_of(answer)
    assert "wrong-pin-3" not in text_of(answer)
    assert queries.one(world.applicant, case.id).state is State.DRAFT
    assert client.post(address, sent(answer)).status_code == 302, "nobody must sign an application"
    assert not ledger.acts_of(f"case:{case.id}")[-1].signature


def test_without_a_certificate_no_pin_is_asked(world: World, browser: Browser):
    case, client = worlds.draft_filled(world), browser(world.applicant)
    assert 'name="pin"' not in text_of(client.get(f"/my/cases/{case.id}/check"))
