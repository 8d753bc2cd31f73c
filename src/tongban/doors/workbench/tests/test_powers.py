"""The desk of power lists: an editor proposes, a second one approves; everybody else finds nothing."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests import world as worlds

from tongban.offers.powers import queries
from tongban.offers.powers.rules.adjustments import AdjustmentState
from tongban.offers.powers.tests import filling
from tongban.offers.powers.tests.filling import BASIC, OTHER_BASIC, TYPED, WHY
from tongban.people.identity.queries import account_by_login

HEADING = {"reason": "机构职责调整", "basis": "《条例》修改"}


@pytest.fixture
def second(world):
    return filling.second_editor(world)


def client_of(login: str) -> Client:
    client = Client(raise_request_exception=False)
    worlds.enter(client, account_by_login(login).id)
    return client


def form_of(page: str) -> dict[str, str]:
    """Hidden fields and prefilled texts of a page's form."""
    found = dict(re.findall(r'<input type="hidden" name="(key|version)" value="([^"]*)"', page))
    found |= {
        name: text.strip()
        for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.S)
    }
    return found


def begun(client: Client, **more: str) -> str:
    """Address of a new adjustment."""
    form = form_of(client.get("/powers/new").content.decode())
    day = timezone.localdate().isoformat()
    response = client.post("/powers/new", {**form, **HEADING, "starts_on": day, **more})
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def press(client: Client, address: str, **given: str):
    form = form_of(client.get(address).content.decode())
    return client.post(address, {**form, **given})


def test_an_editor_proposes_and_a_second_one_approves(world, as_, second):
    filling.listed(world, BASIC)
    editor, reviewer = as_(world.editor), client_of("second")
    one = begun(editor)
    assert "还没有选事项" in editor.get(one).content.decode()
    found = editor.get(f"{one}/find", {"q": "卫生许可"}).content.decode()
    assert f"{one}/entries/{BASIC}/remove" in found
    added = editor.get(f"{one}/entries/{OTHER_BASIC}").content.decode()
    assert "受理责任：" in form_of(added)["duties"]  # the usual ones to begin from
    assert press(editor, f"{one}/entries/{OTHER_BASIC}", **TYPED).status_code == 302
    assert form_of(editor.get(f"{one}/entries/{OTHER_BASIC}").content.decode())["duties"].startswith(
        "受理责任：一次说全"
    )
    assert press(editor, f"{one}/entries/{BASIC}/remove", **WHY).status_code == 302
    page = editor.get(one).content.decode()
    assert page.index("饮用水供水单位卫生许可") < page.index("权力取消")
    assert press(editor, f"{one}/send").status_code == 302
    waiting = editor.get(one).content.decode()
    assert "没有动笔" in waiting
    assert editor.get(f"{one}/approve").status_code == 403
    assert "公共场所卫生许可" in reviewer.get(one).content.decode()
    assert press(reviewer, f"{one}/approve").status_code == 302
    today = timezone.localdate()
    assert [e.basic for e in queries.list_of(world.organ_id, today)] == [OTHER_BASIC]
    assert "调入 1 项，调出 1 项" in reviewer.get("/powers").content.decode()
    assert f"/powers/{worlds.ORGAN_CODE}" in reviewer.get(one).content.decode()


def test_a_refused_form_comes_back_with_everything_typed(world, as_, second):
    editor = as_(world.editor)
    bad = editor.post(
        "/powers/new", {"reason": "职责", "basis": "", "starts_on": "2020-01-01", "key": str(uuid.uuid4())}
    )
    assert bad.status_code == 422
    page = bad.content.decode()
    assert "职责" in page
    assert "已经过了" in page
    one = begun(editor)
    entry = f"{one}/entries/{BASIC}"
    version = form_of(editor.get(entry).content.decode())["version"]
    refused = editor.post(
        entry, {**TYPED, "basis": "没有书名号", "version": version, "key": str(uuid.uuid4())}
    )
    assert refused.status_code == 422
    assert "没有书名号" in refused.content.decode()
    assert "受理责任：一次说全" in refused.content.decode()
    assert press(editor, entry, **TYPED).status_code == 302
    assert press(editor, f"{one}/send").status_code == 302
    back = press(client_of("second"), f"{one}/send_back", reason="")
    assert back.status_code == 422
    assert press(client_of("second"), f"{one}/send_back", reason="依据不对").status_code == 302
    assert "依据不对" in editor.get(one).content.decode()


def test_a_second_press_does_nothing_twice_and_a_stale_page_says_so(world, as_, second):
    editor = as_(world.editor)
    form = form_of(editor.get("/powers/new").content.decode())
    sent = {**form, **HEADING, "starts_on": timezone.localdate().isoformat()}
    first, again = editor.post("/powers/new", sent), editor.post("/powers/new", sent)
    assert first["Location"] == again["Location"]
    assert len(queries.desk(world.editor)) == 1
    other = editor.post("/powers/new", {**sent, "key": str(uuid.uuid4())})
    assert other.status_code == 409
    assert "在办" in other.content.decode()
    one = first["Location"]
    entry = f"{one}/entries/{BASIC}"
    stale = form_of(editor.get(entry).content.decode())
    assert editor.post(entry, {**stale, **TYPED}).status_code == 302
    assert editor.post(entry, {**stale, **TYPED}).status_code == 302  # the same press again
    late = editor.post(entry, {**stale, **TYPED, "key": str(uuid.uuid4()), "office": "写了半天"})
    assert late.status_code == 409
    assert "写了半天" in late.content.decode()
    assert press(editor, f"{entry}/drop").status_code == 302
    assert "还没有选事项" in editor.get(one).content.decode()
    assert press(editor, f"{one}/rewrite", reason="新理由", starts_on="2099-01-01").status_code == 302
    assert "新理由" in editor.get(one).content.decode()
    assert press(editor, f"{one}/discard").status_code == 302
    assert editor.get(f"{one}/send").status_code == 409
    assert editor.get(one).status_code == 200


def test_what_moved_in_the_list_is_named_when_the_reviewer_approves(world, as_, second):
    filling.listed(world, BASIC)
    editor = as_(world.editor)
    one = begun(editor)
    assert press(editor, f"{one}/entries/{BASIC}", **{**TYPED, "phone": "0898-65200000"}).status_code == 302
    assert press(editor, f"{one}/send").status_code == 302
    filling.listed(world, BASIC, on=timezone.localdate() - timedelta(days=1), phone="110")
    answer = press(client_of("second"), f"{one}/approve")
    assert answer.status_code == 409
    assert "公共场所卫生许可：" in answer.content.decode()


@pytest.mark.parametrize(
    "who", ["clerk", "reviewer", "decider", "other_clerk", "applicant", "elsewhere", None]
)
def test_nobody_but_the_organ_s_editors_comes_in(world, as_, who):
    filling.second_editor(world, world.other_organ_id, "far")
    one = f"/powers/{filling.written(world).id}"
    client = client_of("far") if who == "elsewhere" else as_(getattr(world, who) if who else None)
    for address in (
        one,
        f"{one}/find",
        f"{one}/entries/{BASIC}",
        f"{one}/entries/{BASIC}/remove",
        f"{one}/entries/{BASIC}/drop",
        f"{one}/send",
        f"{one}/approve",
        f"{one}/rewrite",
        f"{one}/discard",
        f"{one}/send_back",
    ):  # fmt: skip -- addresses
        for status in (
            client.get(address).status_code,
            client.post(address, {"version": "2", **TYPED, **WHY}).status_code,
        ):
            assert status in ((302, 403) if who is None else (403, 404, 405)), (who, address, status)
    for address in ("/powers", "/powers/new"):
        expected = 302 if who is None else 200 if who == "elsewhere" else 403
        assert client.get(address).status_code == expected
    assert [found.version for found in queries.desk(world.editor)] == [2]


def test_addresses_without_sense_are_answered(world, as_, second):
    editor = as_(world.editor)
    one = f"/powers/{filling.draft(world, starts_on='2099-01-01').id}"
    for words in ("\x00", "\u202e改", "9" * 400, "'; DROP TABLE power_edition; --", "%", ""):
        assert editor.get(f"{one}/find", {"q": words}).status_code in (200, 422)
    for address in (
        f"{one}/bless",
        f"{one}/entries/460199999999",
        f"{one}/entries/x",
        f"/powers/{uuid.uuid4()}",
        "/powers/x",
        f"/powers/{'-' * 36}/entries/{BASIC}",
        f"{one}/entries/{BASIC}/remove",
        f"/powers/{uuid.uuid4()}/entries/{BASIC}",
    ):  # fmt: skip -- addresses
        assert editor.get(address).status_code == 404, address
    assert editor.post("/powers/new", {"organ": "x"}).status_code == 422
    assert editor.get(f"{one}/entries/{BASIC}/drop").status_code == 200
    assert press(editor, f"{one}/entries/{BASIC}/drop").status_code == 409


def test_pages_cost_a_fixed_number_of_statements(world, as_, second, django_assert_max_num_queries):
    filling.listed(world, BASIC)
    one = f"/powers/{filling.written(world, OTHER_BASIC).id}"
    editor = as_(world.editor)
    editor.get("/powers")
    for address in ("/powers", one, f"{one}/find", f"{one}/entries/{OTHER_BASIC}"):
        with django_assert_max_num_queries(11):
            assert editor.get(address).status_code == 200
    assert queries.one(world.editor, uuid.UUID(one.removeprefix("/powers/"))).state is AdjustmentState.DRAFT
