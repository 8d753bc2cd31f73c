"""The desk of items: only editors come in, drafts stay in their organ, and what is shown is what the rules say."""

import csv
import io
import uuid
from datetime import date

import pytest
from tests import world as worlds
from tests.world import AT, GUIDE

from tongban.base.actor import Actor, ActorKind, Post, system
from tongban.offers.catalogue import actions, queries

WHO = ("clerk", "reviewer", "decider", "other_clerk", "applicant", "editor", None)
BAD_WORDS = ("\x00", "\u202e改", "-1", "0", "9" * 40, "'; DROP TABLE edition; --", "١", "1.5", "")
NEXT = date(2099, 1, 1)


def _client(as_, world, who):
    return as_(getattr(world, who) if who else None)


@pytest.fixture
def draft(world):
    """A draft that asks for one more material and takes longer than the standard."""
    terms = {key: value for key, value in GUIDE.items() if key not in ("windows", "phones")}
    platform = system("tests")
    standard = actions.draft_basic(actor=platform, basic_code=worlds.BASIC_CODE, body=terms, at=AT)
    worlds.put_standard_through(platform, standard, worlds.SINCE)
    extra = {"key": "extra", "name": "无犯罪证明", "kind": "other", "source": "other"}
    body = GUIDE | {
        "materials": [*GUIDE["materials"], extra],
        "limits": {"statutory_days": 20, "promised_days": 6},
        "faq": [],
    }
    return actions.draft_edition(actor=world.editor, item_id=world.item_id, body=body, at=AT)


@pytest.fixture
def away(world):
    """An item of another organ, that drifts from ours, with a draft of its own."""
    editor = Actor(kind=ActorKind.STAFF, name="外", posts=frozenset({Post("editor", world.other_organ_id)}))
    item = actions.register_item(
        actor=editor, basic_code=worlds.BASIC_CODE, organ_id=world.other_organ_id, level="4", at=AT
    )
    edition = worlds.publish_edition(
        editor, item, name="=卫生许可", limits={"statutory_days": 20, "promised_days": 1}
    )
    own = actions.draft_edition(actor=editor, item_id=item, body=GUIDE, at=AT)
    return item, edition, own


@pytest.mark.parametrize("who", WHO)
def test_every_address_answers_everybody_and_shows_drafts_to_the_editor_alone(world, as_, draft, who):
    client = _client(as_, world, who)
    editions = [f"/catalogue/editions/{one}" for one in (draft, world.edition_id)]
    lists = ["/catalogue", "/catalogue/drift", "/catalogue/drift.csv", f"/catalogue/items/{world.item_id}"]
    lists += ["/catalogue/drift/seen", "/catalogue/drift/seen.csv", "/catalogue/flags"]
    for url in [*editions, *lists]:
        status = client.get(url).status_code
        assert status == (200 if who == "editor" else 302 if who is None else 403), (who, url)
        assert client.post(url).status_code in (302, 403, 405), (who, url)
    status = client.get("/catalogue/sightings/new").status_code
    assert status == (200 if who == "editor" else 302 if who is None else 403)
    for url in (
        "/catalogue/flags/x",
        "/catalogue/editions/x",
        f"/catalogue/items/{'9' * 400}",
        "/catalogue/%00",
        "/catalogue/drift/x",
    ):
        assert client.get(url).status_code == 404, url
    for unknown in (uuid.uuid4(), uuid.UUID(int=0)):
        for url in (f"/catalogue/editions/{unknown}", f"/catalogue/items/{unknown}"):
            assert client.get(url).status_code == (404 if who == "editor" else 302 if who is None else 403), (
                url
            )


def test_another_organ_s_editions_are_as_absent_as_none(world, as_, away):
    item, edition, own = away
    client = as_(world.editor)
    for url in (f"/catalogue/items/{item}", f"/catalogue/editions/{edition}", f"/catalogue/editions/{own}"):
        assert client.get(url).status_code == 404
    assert "=卫生许可" not in client.get("/catalogue").content.decode()


def test_addresses_without_sense_are_answered(world, as_, away):
    client = as_(world.editor)
    for words in BAD_WORDS:
        for url in ("/catalogue", "/catalogue/drift", "/catalogue/drift.csv"):
            assert client.get(url, {"page": words, "element": words}).status_code == 200, (url, words)


def test_the_list_tells_edition_score_and_what_is_to_be_mended(world, as_, draft):
    page = as_(world.editor).get("/catalogue").content.decode()
    (own,), total = queries.of_editor(world.editor, date(2026, 11, 2))
    assert (total, own.errors, own.drafts, own.edition_id) == (1, 0, 1, world.edition_id)
    assert f"建议改 {own.warnings} 处" in page
    assert f">{own.score}<" in page
    assert f"/catalogue/editions/{world.edition_id}" in page


def test_a_draft_is_shown_beside_the_standard_with_every_violation_and_finding(world, as_, draft):
    page = as_(world.editor).get(f"/catalogue/editions/{draft}").content.decode()
    for said in (
        "不能增加或者改写材料。",
        "基本目录：没有；本机关：无犯罪证明。",
        "时限只能缩短，不能延长。",
        "基本目录：5；本机关：6。",
        "narrowing.limit",
        "行政许可要有常见问题。",
        "承诺6个工作日",
        "承诺5个工作日",
        "草稿",
    ):
        assert said in page, said


def test_an_edition_that_keeps_to_the_standard_says_so_and_one_without_standard_too(world, as_):
    page = as_(world.editor).get(f"/catalogue/editions/{world.edition_id}").content.decode()
    assert "基本目录还没有这个事项的标准" in page


def test_the_history_tells_what_each_edition_changed(world, as_, draft):
    worlds.publish_edition(world.editor, world.item_id, starts_on=NEXT, keywords=["新词"])
    page = as_(world.editor).get(f"/catalogue/items/{world.item_id}").content.decode()
    assert page.index("第 3 版") < page.index("第 2 版") < page.index("第 1 版")
    assert "新词" in page
    _, past = queries.history(world.editor, world.item_id, date(2026, 11, 2))
    assert [{row.element for row in one.changes} for one in past] == [
        {"materials", "limits", "faq", "keywords"},
        {"materials", "limits", "faq"},
        set(),
    ]


def test_drift_is_shown_filtered_and_downloaded(world, as_, away):
    client = as_(world.editor)
    page = client.get("/catalogue/drift").content.decode()
    assert "=卫生许可" in page
    assert "1 个工作日" in page
    named = client.get("/catalogue/drift?element=name").content.decode()
    assert "1 个工作日" not in named
    answer = client.get("/catalogue/drift.csv?element=name")
    assert answer.streaming
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["element"], row["value"]) for row in rows] == [
        ("name", "'=卫生许可"),
        ("name", "公共场所卫生许可（新办）"),
    ], "a spreadsheet must not take a cell for a formula"


def test_pages_cost_a_fixed_number_of_statements(world, as_, draft, django_assert_max_num_queries):
    client = as_(world.editor)
    client.get("/catalogue")
    urls = (
        "/catalogue",
        f"/catalogue/editions/{draft}",
        f"/catalogue/items/{world.item_id}",
        "/catalogue/drift",
    )
    for url in urls:
        with django_assert_max_num_queries(10):
            assert client.get(url).status_code == 200


def test_an_editor_finds_the_way_from_the_first_page(world, as_):
    assert 'href="/catalogue"' in as_(world.editor).get("/").content.decode()
    assert 'href="/catalogue"' not in as_(world.clerk).get("/").content.decode()
