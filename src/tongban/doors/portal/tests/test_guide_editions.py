"""Editions over time, kin and files of a guide: from its first moment, none before, and never more than is public."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import full_guide
from tests import world as worlds
from tests.world import PDF, World

from tongban.base.actor import Actor
from tongban.doors.portal import visit
from tongban.doors.portal.tests.conftest import text_of
from tongban.offers.catalogue import actions as catalogue
from tongban.offers.catalogue import queries

Browser = Callable[[Actor | None], Client]
TURN = date(2026, 12, 1)
LAST_MOMENT = datetime(
    2026, 11, 30, 15, 59, 59, 999_999, tzinfo=UTC
)  # in China a microsecond before midnight
FIRST_MOMENT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the wall clock of the door."""
    return lambda moment: monkeypatch.setattr(visit, "now", lambda: moment)


def _shorter(world: World, promised: int = 3, starts_on: date = TURN) -> None:
    limits = {"statutory_days": 20, "promised_days": promised}
    worlds.publish_edition(world.editor, world.item_id, starts_on=starts_on, limits=limits)


@pytest.mark.parametrize("form", ["", "/print", "/screen", ".jsonld"])
def test_an_edition_shows_from_its_first_moment_and_none_before(
    world: World, browser: Browser, clock: Callable[[datetime], None], form: str
):
    _shorter(world)
    address = f"/items/{world.item_code}{form}"
    old, new = (
        ('"cv:processingTime":{"@value":"P5D"', '"cv:processingTime":{"@value":"P3D"')
        if form == ".jsonld"
        else ("承诺 5 个工作日", "承诺 3 个工作日")
    )
    clock(LAST_MOMENT)
    before = browser(None).get(address)
    assert old in text_of(before)
    assert new not in text_of(before)
    clock(FIRST_MOMENT)
    after = browser(None).get(address, headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert new in text_of(after)
    assert old not in text_of(after)


def test_the_next_edition_is_announced_and_cannot_be_begun_yet(
    world: World, browser: Browser, clock: Callable[[datetime], None]
):
    _shorter(world)
    clock(LAST_MOMENT)
    client = browser(None)
    page = text_of(client.get(f"/items/{world.item_code}"))
    assert "从2026年12月1日（周二）起，按新的一版办" in page
    assert f"/items/{world.item_code}/editions/2" in page
    ahead = text_of(client.get(f"/items/{world.item_code}/editions/2"))
    assert "这一版还没有开始用" in ahead
    assert "承诺 3 个工作日" in ahead
    assert "/apply/" not in ahead
    assert ahead == text_of(client.get(f"/items/{world.item_code}?on=2026-12-01"))


def test_an_older_edition_is_shown_and_marked(
    world: World, browser: Browser, clock: Callable[[datetime], None]
):
    _shorter(world)
    clock(FIRST_MOMENT)
    client, address = browser(None), f"/items/{world.item_code}"
    old = text_of(client.get(f"{address}/editions/1"))
    assert "这一版今天不在用" in old
    assert "用到2026年12月1日（周二）以前" in old
    assert "今天受理" not in old
    assert "承诺 5 个工作日" in old
    assert "/apply/" not in old
    assert 'rel="alternate"' not in old
    tailored = text_of(client.get(f"{address}/editions/1", {"own_place": "own"}))
    assert "租赁合同" not in tailored
    assert "这一版今天不在用" in tailored
    assert old == text_of(client.get(address, {"on": "2026-11-30"}))
    assert text_of(client.get(f"{address}/editions/2")) == text_of(client.get(address))
    assert text_of(client.get(address, {"on": "2026-12-24"})) == text_of(client.get(address))


@pytest.mark.parametrize("day", ["2019-12-31", "2026-13-01", "yesterday", "\x00", "20261201", "٢٠٢٦-١٢-٠١"])
def test_a_day_without_an_edition_or_no_day_at_all_is_told_so(world: World, browser: Browser, day: str):
    answer = browser(None).get(f"/items/{world.item_code}", {"on": day})
    assert answer.status_code in {404, 422}


def test_an_edition_that_is_not_public_is_nowhere(world: World, browser: Browser):
    body = worlds.GUIDE | {"quantity_limit": "秘密的数量"}
    catalogue.draft_edition(actor=world.editor, item_id=world.item_id, body=body, at=worlds.AT)
    client, address = browser(world.editor), f"/items/{world.item_code}"
    assert client.get(f"{address}/editions/2").status_code == 404
    for form in ("", "/history", "/print", "/screen", ".jsonld"):
        assert "秘密的数量" not in text_of(client.get(address + form))
    assert client.get(f"{address}/editions/999999").status_code == 404
    nowhere = "0" * 31
    for form in ("", "/history", "/print", "/screen", ".jsonld", "/editions/1", f"/files/{'0' * 64}"):
        assert client.get(f"/items/{nowhere}{form}").status_code == 404


def test_the_history_tells_what_changed_element_by_element(
    world: World, browser: Browser, clock: Callable[[datetime], None]
):
    _shorter(world)
    faq = [{"question": "开理发店要办吗？", "answer": "现在也要办。"}]
    worlds.publish_edition(world.editor, world.item_id, starts_on=TURN + timedelta(days=9), faq=faq)
    clock(FIRST_MOMENT)
    page = text_of(browser(world.applicant).get(f"/items/{world.item_code}/history"))
    assert page.index("第 3 版") < page.index("第 2 版") < page.index("第 1 版")
    assert "<del>承诺5个工作日</del>" in page
    assert "<ins>承诺3个工作日</ins>" in page
    assert "<del>要办。</del>" in page  # the question is the same, the answer is not
    assert "<ins>现在也要办。</ins>" in page
    assert "测试发布" in page
    assert "王秀兰" not in page
    assert "csrfmiddlewaretoken" not in page


def test_an_edition_replaced_before_its_first_day_says_that_it_never_was(
    world: World, browser: Browser, clock: Callable[[datetime], None]
):
    _shorter(world)
    ahead = queries.numbered(world.item_code, 2)
    told = {"edition_id": ahead.id, "ends_on": TURN, "reason": "暂不实行"}
    catalogue.retire(actor=world.editor, at=worlds.AT, **told)
    clock(LAST_MOMENT)
    client = browser(None)
    assert "这一版没有用过" in text_of(client.get(f"/items/{world.item_code}/editions/2"))
    assert "没有用过" in text_of(client.get(f"/items/{world.item_code}/history"))
    assert "/editions/" not in text_of(client.get(f"/items/{world.item_code}"))


def _item_of(world: World, basic: str, **changed: object) -> str:
    item = catalogue.register_item(
        actor=world.editor, basic_code=basic, organ_id=world.organ_id, level="4", at=worlds.AT
    )
    worlds.publish_edition(world.editor, item, **changed)
    return f"{worlds.ORGAN_CODE}4{basic}"


def test_a_main_item_leads_to_its_kinds_and_they_lead_back(world: World, browser: Browser):
    client = browser(None)
    plain = client.get(f"/items/{world.item_code}")
    assert "这个事项分几种办法" not in text_of(plain)
    full_guide.kind_of_basic_item(f"{worlds.BASIC_CODE}01", "延续")
    kind = _item_of(world, f"{worlds.BASIC_CODE}01", name="公共场所卫生许可（延续）")
    assert len(kind) == 33
    main = client.get(f"/items/{world.item_code}", headers={"if-none-match": plain["ETag"]})
    assert main.status_code == 200  # the page knows of its new kind at once
    assert "这个事项分几种办法" in text_of(main)
    assert f'href="/items/{kind}"' in text_of(main)
    page = text_of(client.get(f"/items/{kind}"))
    assert "属于：" in page
    assert f'href="/items/{world.item_code}"' in page
    assert f"/apply/{kind}" in page
    assert kind in text_of(client.get(f"/items/{world.item_code}.jsonld"))


def test_a_guide_with_kin_still_costs_one_statement(world: World, browser: Browser):
    _shorter(world)
    client, address = browser(None), f"/items/{world.item_code}"
    for form in ("", "/print", "/screen", ".jsonld"):
        client.get(address + form)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address + form).status_code == 200
        assert len(seen) == 1


def test_files_of_a_public_edition_are_served_by_their_digest_and_kept_for_good(
    world: World, browser: Browser
):
    body = full_guide.full_guide()
    full_guide.publish(world, date(2026, 11, 3))
    _shorter(world, starts_on=date(2026, 11, 4))  # names no file; what the older one named stays
    client = browser(None)
    for file in full_guide.names(body):
        answer = client.get(f"/items/{world.item_code}/files/{file.digest}")
        content = b"".join(answer.streaming_content)
        assert answer.status_code == 200
        assert hashlib.sha256(content).hexdigest() == file.digest
        assert content.startswith(PDF)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        again = client.get(answer.request["PATH_INFO"], headers={"if-none-match": answer["ETag"]})
        assert again.status_code == 304
        assert "immutable" in again["Cache-Control"]


def test_a_file_that_no_public_edition_names_is_not_served(world: World, browser: Browser):
    worlds.material(world)  # an applicant's own paper, kept in the same store
    own = hashlib.sha256(PDF).hexdigest()
    body = full_guide.full_guide()  # stored, and named by a draft only
    catalogue.draft_edition(actor=world.editor, item_id=world.item_id, body=body, at=worlds.AT)
    for digest in (own, "0" * 64, full_guide.names(body)[0].digest):
        for reader in (None, world.applicant, world.editor):
            assert browser(reader).get(f"/items/{world.item_code}/files/{digest}").status_code == 404


def test_a_counters_screen_looks_again_by_itself_and_just_after_midnight(
    world: World, browser: Browser, clock: Callable[[datetime], None]
):
    address = f"/items/{world.item_code}/screen"
    clock(FIRST_MOMENT)
    assert browser(None).get(address)["Refresh"] == "60"
    clock(LAST_MOMENT - timedelta(seconds=20))
    assert browser(None).get(address)["Refresh"] == "21"
    clock(LAST_MOMENT)
    assert browser(None).get(address)["Refresh"] == "1"


def test_paper_carries_its_edition_digest_and_code(world: World, browser: Browser):
    page = text_of(browser(None).get(f"/items/{world.item_code}/print"))
    assert queries.edition(world.edition_id).digest in page
    assert "第 1 版" in page
    assert f"/items/{world.item_code}/editions/1" in page
    assert "data:image/svg+xml" in page
    assert "<details>" not in page  # paper cannot be unfolded
    assert "<details open>" in page


def test_large_type_and_english_are_forms_of_their_own(world: World, browser: Browser):
    for form in ("/print", "/screen", "/history"):
        client = browser(None)
        client.cookies["tongban_language"], client.cookies["tongban_elderly"] = "en", "on"
        page = text_of(client.get(f"/items/{world.item_code}{form}"))
        assert '<html lang="en"' in page
        assert 'class="elderly"' in page
        assert "edition" in page.lower()
