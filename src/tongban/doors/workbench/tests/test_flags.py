"""Review flags and sightings as pages: who comes in, what is told, garbage, the second press."""

import csv
import io
import uuid
from datetime import date

import pytest
from tests.world import AT

from tongban.base.actor import system
from tongban.offers.catalogue import actions, queries
from tongban.offers.catalogue.rules.citing import FlagOutcome
from tongban.offers.catalogue.rules.editions import EditionState

BAD_WORDS = ("\x00", "\u202e改", "-1", "9" * 40, "'; DROP TABLE item; --", "x" * 5000)
SEEN = {
    "channel": "counter",
    "whereabouts": "3 号窗口",
    "seen_on": "2026-11-01",
    "name": "",
    "statutory_days": "",
    "promised_days": "15",
    "materials": "平面图\n身份证复印件",
    "fees": "无",
    "reporter": "督查组",
    "note": "",
}


@pytest.fixture
def flag(world):
    """A flag on our edition: the article that it cites has a new wording."""
    changed = [{"kind": "changed", "old": "第四条", "new": "第五条"}]
    made = actions.flag_law_change(
        actor=system("tests"),
        law="公共场所卫生管理条例",
        wording=uuid.uuid4(),
        starts_on=date(2026, 12, 1),
        changed=changed,
        at=AT,
    )
    assert made == 1
    (found,), _ = queries.flags(world.editor)
    return found


def test_an_editor_finds_the_flag_in_the_list_and_on_the_edition(world, as_, flag):
    client = as_(world.editor)
    listed = client.get("/catalogue/flags").text
    assert "《公共场所卫生管理条例》第四条有修改，现在是第五条" in listed
    assert f"/catalogue/flags/{flag.id}" in listed
    edition = client.get(f"/catalogue/editions/{world.edition_id}").text
    assert "法规变了，这一版要复核" in edition
    assert f"/catalogue/flags/{flag.id}" in edition
    assert client.get("/catalogue/flags?law=公共场所卫生管理条例").text.count(str(flag.id)) == 1
    assert str(flag.id) not in client.get("/catalogue/flags?law=森林法").text
    assert str(flag.id) not in client.get("/catalogue/flags?cleared=1").text


def test_it_is_cleared_with_a_reason_once(world, as_, flag):
    client = as_(world.editor)
    url = f"/catalogue/flags/{flag.id}"
    empty = client.post(f"{url}/keep", {"note": "  "})
    assert empty.status_code == 422
    assert "请写明为什么不用改。" in empty.text
    assert client.post(f"{url}/keep", {"note": "只是措辞"}).headers["Location"] == "/catalogue/flags"
    again = client.post(f"{url}/keep", {"note": "再来一次"}, follow=True)
    assert "这条复核提示已经有人处理了。" in again.text
    assert "只是措辞" in again.text
    cleared = client.get("/catalogue/flags?cleared=1").text
    assert "不用改" in cleared
    assert "只是措辞" in cleared
    assert "法规变了" not in client.get(f"/catalogue/editions/{world.edition_id}").text


def test_a_new_draft_is_begun_from_it(world, as_, flag):
    answer = as_(world.editor).post(f"/catalogue/flags/{flag.id}/redraft", {"note": ""})
    made = uuid.UUID(answer.headers["Location"].removeprefix("/catalogue/editions/"))
    draft = queries.own_edition(world.editor, made, date(2026, 12, 1))
    assert draft.state is EditionState.DRAFT
    assert queries.flag(world.editor, flag.id).outcome is FlagOutcome.DRAFTED


@pytest.mark.parametrize("who", ["clerk", "other_clerk", "applicant", None])
def test_nobody_else_sees_or_clears_it(world, as_, flag, who):
    client = as_(getattr(world, who) if who else None)
    wanted = 302 if who is None else 403
    assert client.get(f"/catalogue/flags/{flag.id}").status_code == wanted
    assert client.post(f"/catalogue/flags/{flag.id}/keep", {"note": "x"}).status_code in (302, 403)
    assert queries.flag(world.editor, flag.id).outcome is None


def test_garbage_finds_a_page_or_a_refusal(world, as_, flag):
    client = as_(world.editor)
    for words in BAD_WORDS:
        for query in ("law", "page", "cleared"):
            assert client.get("/catalogue/flags", {query: words}).status_code == 200
        assert client.post(f"/catalogue/flags/{flag.id}/keep", {"note": words}).status_code in (302, 422)
    assert client.get(f"/catalogue/flags/{uuid.uuid4()}").status_code == 404
    assert client.post(f"/catalogue/flags/{flag.id}/dance").status_code == 404
    assert client.get(f"/catalogue/flags/{flag.id}/keep").status_code == 405


# --- sightings ---------------------------------------------------------------------------------------------------------


def test_what_was_seen_is_noted_and_told_beside_what_stands(world, as_):
    client = as_(world.editor)
    form = client.get(f"/catalogue/sightings/new?item={world.item_code}").text
    assert f'value="{world.item_code}"' in form
    sent = SEEN | {"item_code": world.item_code}
    for _ in range(2):  # the second press
        assert client.post("/catalogue/sightings/new", sent).headers["Location"] == "/catalogue/drift/seen"
    assert len(queries.sightings(only_differing=False)) == 1
    page = client.get("/catalogue/drift/seen").text
    for words in ("承诺期限：15 个工作日", "承诺期限：5 个工作日", "身份证复印件", "3 号窗口"):
        assert words in page
    assert "3 号窗口" not in client.get("/catalogue/drift/seen?channel=web").text
    rows = list(
        csv.reader(io.StringIO(client.get("/catalogue/drift/seen.csv").getvalue().decode("utf-8-sig")))
    )
    assert [row[-3:] for row in rows[1:]] == [
        ["promised_days", "15", "5"],
        ["materials", "身份证复印件", "卫生检测报告；租赁合同"],
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"item_code": "x"}, "没有这个事项，请核对编码。"),
        ({"promised_days": "七"}, "请填数字，例如 5。"),
        ({"seen_on": "昨天"}, "请填日期，例如 2026-12-08。"),
        ({"channel": ""}, "请选择是在哪里看到的。"),
        ({"promised_days": "", "materials": "", "fees": ""}, "名称、期限、材料、收费至少要填一样。"),
    ],
)
def test_a_refused_form_comes_back_with_everything_typed(world, as_, changed, said):
    sent = SEEN | {"item_code": world.item_code, "note": "记得复查"} | changed
    answer = as_(world.editor).post("/catalogue/sightings/new", sent)
    assert answer.status_code in (404, 422)
    assert said in answer.text
    assert "记得复查" in answer.text
    assert queries.sightings(only_differing=False) == []


@pytest.mark.parametrize("field", [*SEEN, "item_code"])
@pytest.mark.parametrize("words", BAD_WORDS)
def test_garbage_in_any_field_is_refused_or_taken_as_text(world, as_, field, words):
    sent = SEEN | {"item_code": world.item_code, field: words}
    assert as_(world.editor).post("/catalogue/sightings/new", sent).status_code in (302, 404, 422)


def test_only_editors_note_sightings(world, as_):
    for who in (world.clerk, world.applicant, None):
        answer = as_(who).post("/catalogue/sightings/new", SEEN | {"item_code": world.item_code})
        assert answer.status_code in (302, 403)
    assert queries.sightings(only_differing=False) == []
