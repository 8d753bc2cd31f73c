"""Every address of the workbench, by everybody, with sense and without: an answer in words, never a fault."""

import uuid

import pytest
from tests import world as worlds

from tongban.records.licences import queries as licences
from tongban.work.cases import queries

WHO = ("clerk", "reviewer", "decider", "other_clerk", "applicant", "editor", None)
VERBS = ("accept", "request_supplement", "decline", "examine", "return", "grant", "refuse")
LONG = "长" * 1200
GARBAGE = (
    {},
    {"version": "0", "key": "x"},
    {"version": "9" * 400, "key": "\x00" * 90, "reason": LONG, "article": "\x00"},
)
BAD_WORDS = ("\x00", "\u202e改", "￿" + LONG, "'; DROP TABLE case_file; --", "%", "\\", "q" * 5000)


@pytest.fixture
def case(world):
    return worlds.submitted(world)


def _signed_in(as_, world, who):
    return as_(getattr(world, who) if who else None)


def _allowed(status: int, who: str | None) -> bool:
    if who is None:
        return status in (302, 403, 404, 405)
    if who == "applicant":
        return status in (403, 404, 405)
    return status in (200, 302, 403, 404, 405, 409, 422)


@pytest.mark.parametrize("who", WHO)
def test_every_address_answers_everybody(world, as_, case, who):
    client = _signed_in(as_, world, who)
    material = queries.one(world.clerk, case.id).attachments[0].material_id
    of_case = [
        "",
        *(f"/{verb}" for verb in (*VERBS, "submit", "close", "no_such", "letters/refuse", "letters/x")),
    ]
    of_case += [f"/materials/{material}", f"/materials/{uuid.uuid4()}"]
    ids = [str(case.id), str(uuid.uuid4()), str(uuid.UUID(int=0))]
    urls = ["/", "/?only=urgent", "/cases", "/help", "/cases/1", "/cases/x/accept", "/cases/" + "9" * 500]
    urls += [f"/cases/{case_id}{rest}" for case_id in ids for rest in of_case]
    urls += [
        f"/licences/{uuid.uuid4()}/revoke",
        "/licences/x/revoke",
        "/no/such/page",
        "/cases/%00",
        "/cases/%ff",
    ]
    for url in urls:
        answer = client.get(url)
        assert _allowed(answer.status_code, who), (who, url, answer.status_code)
        if str(case.id) in url and who in ("other_clerk", "editor"):
            assert answer.status_code == 404, url
    for url in urls:
        for body in GARBAGE:
            if not url.endswith("/accept") or body:
                answer = client.post(url, body)
                assert _allowed(answer.status_code, who), (who, url, body, answer.status_code)
    assert queries.one(world.clerk, case.id).state == "submitted"


@pytest.mark.parametrize("who", ["clerk", "other_clerk"])
def test_searches_without_sense_are_answered(world, as_, case, who):
    client = _signed_in(as_, world, who)
    for words in BAD_WORDS:
        for name in ("q", "state", "before", "list", "only"):
            assert client.get("/cases", {name: words}).status_code == 200, (name, words)
            assert client.get("/", {name: words}).status_code == 200, (name, words)
    answer = client.get("/cases", {"q": "\x00"})
    assert "这个条件没法查" in answer.content.decode()


@pytest.mark.parametrize(
    ("state", "who", "verb", "name"),
    [
        ("submitted", "clerk", "decline", "reason"),
        ("accepted", "reviewer", "examine", "opinion"),
        ("examined", "decider", "return", "reason"),
        ("examined", "decider", "grant", "note"),
        ("examined", "decider", "refuse", "reason"),
    ],
)
def test_words_that_cannot_be_taken_come_back_with_the_reason(world, as_, state, who, verb, name):
    case, client = getattr(worlds, state)(world), _signed_in(as_, world, who)
    for bad, said in (
        (LONG, "最多1000个字，现有1200个字"),
        ("看\x07见", "控制字符"),
        ("反\u202e写", "隐藏字符"),
    ):
        sent = {"version": case.version, "key": "key-12345678", name: bad, "article": "第一条"}
        for body in (sent, sent | {"preview": "1"}):
            answer = client.post(f"/cases/{case.id}/{verb}", body)
            assert answer.status_code == 422, (verb, bad)
            page = answer.content.decode()
            assert said in page
            assert "错误：" in page
            assert bad in page
    assert queries.one(world.clerk, case.id).state == state


def test_the_wrong_role_is_told_the_rule(world, as_, case):
    for who in ("reviewer", "decider"):
        answer = _signed_in(as_, world, who).post(f"/cases/{case.id}/accept", {"version": case.version})
        assert answer.status_code == 403
        page = answer.content.decode()
        assert "您在这个机关没有办理这一步的岗位" in page
        assert "cases.accept" in page


def test_a_stranger_is_led_to_sign_in_and_back(world, as_, case):
    answer = as_(None).get(f"/cases/{case.id}?list=all&q=王")
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/login?next=/cases/{case.id}%3Flist%3Dall")
    sent = {"login": "clerk", "password": worlds.PASSWORD, "next": f"/cases/{case.id}"}
    client = as_(None)
    assert client.post("/login", sent)["Location"] == f"/cases/{case.id}"
    assert client.get(f"/cases/{case.id}").status_code == 200


def test_signing_in_with_garbage_is_answered(world, as_):
    for words in BAD_WORDS:
        answer = as_(None).post("/login", {"login": words, "password": words, "next": words})
        assert answer.status_code in (403, 422), words


def test_revocation_is_the_decider_s_and_only_at_the_issuer(world, as_):
    case = worlds.closed(world)
    licence = licences.of_case(world.decider, case.id, on=worlds.AT.date())
    url = f"/licences/{licence.id}/revoke"
    seen = {who: _signed_in(as_, world, who).get(url).status_code for who in WHO}
    assert seen == {
        "clerk": 403,
        "reviewer": 403,
        "decider": 200,
        "other_clerk": 404,
        "applicant": 403,
        "editor": 403,
        None: 302,
    }  # fmt: skip -- one line reads as the row of a table
    done = {
        who: _signed_in(as_, world, who).post(url, {"because": "x"}).status_code
        for who in WHO
        if who != "decider"
    }
    assert done == {
        "clerk": 403,
        "reviewer": 403,
        "other_clerk": 404,
        "applicant": 403,
        "editor": 403,
        None: 403,
    }


def test_each_page_costs_a_fixed_number_of_statements(world, as_, django_assert_max_num_queries):
    client = as_(world.clerk)
    for _ in range(3):
        case = worlds.submitted(world)
    client.get("/")
    for url, most in (("/", 8), ("/cases", 6), (f"/cases/{case.id}", 17), (f"/cases/{case.id}/decline", 15)):
        with django_assert_max_num_queries(most):
            assert client.get(url).status_code == 200


@pytest.mark.parametrize("who", ["clerk", "reviewer", "decider"])
@pytest.mark.parametrize("state", ["supplement", "accepted", "examined", "granted", "closed"])
def test_every_page_of_a_case_in_every_state_answers_in_words(world, as_, state, who):
    case, client = getattr(worlds, state)(world), _signed_in(as_, world, who)
    page = client.get(f"/cases/{case.id}?list=all&state={state}")
    assert page.status_code == 200
    assert "王秀兰" in page.content.decode()
    for verb in VERBS:
        opened = f"/cases/{case.id}/{verb}"
        status = client.get(opened).status_code
        assert status in (200, 403, 409), (state, who, verb, status)
        if state == "closed":
            assert status == 409, verb
    letters = client.get(f"/cases/{case.id}/letters/request_supplement").status_code
    assert letters == (200 if state == "supplement" else 404)


def test_after_the_preview_the_words_can_still_be_changed(world, as_):
    case, client = worlds.submitted(world), _signed_in(as_, world, "clerk")
    sent = {"version": case.version, "reason": "不归我们管", "article": "第三十二条"}
    preview = client.post(f"/cases/{case.id}/decline", sent | {"preview": "1"}).content.decode()
    assert 'type="hidden" name="reason" value="不归我们管"' in preview
    assert "<textarea" not in preview
    edit = client.post(f"/cases/{case.id}/decline", sent | {"edit": "1"}).content.decode()
    assert "<textarea" in edit
    assert "不归我们管" in edit
    assert (
        client.post(f"/cases/{case.id}/decline", sent | {"version": "1", "preview": "1"}).status_code == 409
    )
    assert queries.one(world.clerk, case.id).state == "submitted"
