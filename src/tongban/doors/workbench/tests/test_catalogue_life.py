"""From draft to publication at the desk: two people, stale pages, second presses, refusals with everything they rest on."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from tests import world as worlds
from tests.world import AT, GUIDE, SINCE

from tongban.base.actor import system
from tongban.base.ids import new_id
from tongban.doors.workbench.tests.pages import fields_of
from tongban.offers.catalogue import actions, queries
from tongban.people.identity import actions as identity
from tongban.people.identity.queries import account_by_login
from tongban.people.identity.rules import Role

TERMS = {key: value for key, value in GUIDE.items() if key not in ("windows", "phones")}
PLATFORM = system("tests")


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


@pytest.fixture
def standard(world):
    made = actions.draft_basic(actor=PLATFORM, basic_code=worlds.BASIC_CODE, body=TERMS, at=AT)
    worlds.put_standard_through(PLATFORM, made, SINCE)
    return made


@pytest.fixture
def other(world, client):
    """A second editor of the same organ, signed in."""
    account = identity.open_account(
        actor=PLATFORM, login="second", password=worlds.PASSWORD, at=AT, staff_name="编辑小陈"
    )
    identity.appoint(
        actor=PLATFORM, account_id=account, organ_id=world.organ_id, role=Role.EDITOR, since=SINCE, at=AT
    )
    worlds.enter(client, account_by_login("second").id)
    return client


def drafted(world, **changed) -> uuid.UUID:
    return actions.draft_edition(actor=world.editor, item_id=world.item_id, body=GUIDE | changed, at=AT)


def form(client, edition_id: uuid.UUID, verb: str) -> dict[str, object]:
    url = f"/catalogue/editions/{edition_id}/{verb}"
    page = client.get(url)
    assert page.status_code == 200, (verb, page.status_code)
    return fields_of(page.content.decode(), url)


def press(client, edition_id: uuid.UUID, verb: str, sent: dict[str, object]):
    return client.post(f"/catalogue/editions/{edition_id}/{verb}", sent)


def state(edition_id: uuid.UUID) -> str:
    return worlds.standing(edition_id).state


def check(client, edition_id: uuid.UUID, **more: str):
    plan = {"starts_on": tomorrow().isoformat(), "reason": "缩短期限"}
    return press(client, edition_id, "check", form(client, edition_id, "check") | plan | more)


def test_a_draft_goes_to_a_second_person_and_begins_on_its_day(world, as_, other, standard):
    first = as_(world.editor)
    made = drafted(world, limits={"statutory_days": 20, "promised_days": 3})
    assert check(first, made).status_code == 302
    assert state(made) == "checked"
    assert "审批队列" in first.get("/catalogue").content.decode()
    refused = first.get(f"/catalogue/editions/{made}/approve")
    assert refused.status_code == 403
    queue = other.get("/catalogue/waiting").content.decode()
    assert "有 1 个版本等您办" in queue
    assert "办理时限 · 承诺期限（工作日）" in queue
    assert 'class="tb-count">1<' in queue, "the navigation counts what waits"
    assert 'class="tb-count">' not in first.get("/catalogue/waiting").content.decode()
    assert press(other, made, "approve", form(other, made, "approve") | {"remark": "看过"}).status_code == 302
    assert press(first, made, "publish", form(first, made, "publish")).status_code == 302
    today = timezone.localdate()
    assert queries.in_force(world.item_code, today).id == world.edition_id
    assert queries.in_force(world.item_code, tomorrow()).id == made


def test_a_refusal_to_check_names_element_both_values_and_rule_and_keeps_the_plan(world, as_, standard):
    extra = {"key": "extra", "name": "无犯罪证明", "kind": "other", "source": "other"}
    made = drafted(
        world,
        materials=[*GUIDE["materials"], extra],
        limits={"statutory_days": 20, "promised_days": 6},
        faq=[],
    )
    answer = check(as_(world.editor), made)
    page = answer.content.decode()
    assert answer.status_code == 422
    for said in (
        "办理时限：时限只能缩短，不能延长。基本目录是“5”，这里是“6”。（narrowing.limit）",
        "申请材料：不能增加或者改写材料。基本目录是“没有”，这里是“无犯罪证明”。（narrowing.material）",
        "行政许可要有常见问题。",
        "缩短期限",
        tomorrow().isoformat(),
    ):
        assert said in page, said
    assert state(made) == "draft"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("starts_on", "", "请填日期。"),
        ("starts_on", "明天", "请填日期，例如 2026-12-08。"),
        ("ends_on", "2000-01-01", "结束日期要晚于开始日期。"),
        ("reason", "", ""),
        ("reason", "\u202e", "隐藏字符"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_its_field(world, as_, standard, name, value, said):
    made = drafted(world)
    answer = check(as_(world.editor), made, **{name: value})
    if said:
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert state(made) == "draft"


def test_what_was_changed_since_the_page_was_opened_is_not_sent_approved_or_published(
    world, as_, other, standard
):
    first, helper = as_(world.editor), worlds.second(world.editor)
    made = drafted(world)
    old = form(first, made, "check") | {"starts_on": tomorrow().isoformat(), "reason": "换版"}
    digest = worlds.standing(made).digest
    actions.write(actor=helper, edition_id=made, body=GUIDE | {"keywords": ["换了"]}, seen=digest, at=AT)
    answer = press(first, made, "check", old)
    assert answer.status_code == 409
    assert "内容又有了改动" in answer.content.decode()
    assert state(made) == "draft"
    assert check(first, made).status_code == 302
    seen = form(other, made, "approve")
    actions.send_back(actor=world.editor, edition_id=made, reason="再改", at=AT)
    digest = worlds.standing(made).digest
    actions.write(
        actor=world.editor, edition_id=made, body=GUIDE | {"keywords": ["又换"]}, seen=digest, at=AT
    )
    assert check(first, made).status_code == 302
    assert press(other, made, "approve", seen).status_code == 409
    assert state(made) == "checked"


def test_a_second_press_is_refused_and_says_how_things_stand(world, as_, other, standard):
    first, made = as_(world.editor), drafted(world)
    sent = form(first, made, "check") | {"starts_on": tomorrow().isoformat(), "reason": "换版"}
    assert press(first, made, "check", sent).status_code == 302
    assert press(first, made, "check", sent).status_code == 409
    approve = form(other, made, "approve")
    assert press(other, made, "approve", approve).status_code == 302
    assert press(other, made, "approve", approve).status_code == 409
    page = press(other, made, "approve", approve).content.decode()
    assert "已批准，待发布" in page
    acts = [act.act for act in _acts(world)]
    assert acts.count("catalogue.check") == acts.count("catalogue.approve") == 2, "one each of both editions"


def _acts(world):
    from tongban.base.ledger import queries as ledger

    return ledger.acts_of(f"item:{world.item_id}")


def test_a_reviewer_sees_the_hidden_demand_first_and_sends_it_back_with_the_reason(
    world, as_, other, standard
):
    first = as_(world.editor)
    lease = GUIDE["materials"][1] | {"notes": "租期要包住申请的日期。另附房东无犯罪证明。"}
    made = drafted(world, materials=[GUIDE["materials"][0], lease, GUIDE["materials"][2]])
    assert check(first, made).status_code == 302, "a warning does not stop it: a person decides"
    for url in ("/catalogue/waiting", f"/catalogue/editions/{made}", f"/catalogue/editions/{made}/approve"):
        page = other.get(url).content.decode()
        assert "另附房东无犯罪证明" in page
        assert page.index("先看这里") < page.index("另附房东无犯罪证明") < page.rindex("租期要包住申请的日期")
    sent = form(other, made, "send_back") | {"reason": "不能另外要无犯罪证明"}
    assert press(other, made, "send_back", sent).status_code == 302
    assert state(made) == "draft"
    assert "不能另外要无犯罪证明" in first.get(f"/catalogue/editions/{made}/edit/materials").content.decode()


def test_what_is_published_is_retired_with_a_day_and_a_reason(world, as_, standard):
    client = as_(world.editor)
    sent = form(client, world.edition_id, "retire")
    assert press(client, world.edition_id, "retire", sent | {"reason": "并入别的事项"}).status_code == 422
    day = tomorrow().isoformat()
    done = press(client, world.edition_id, "retire", sent | {"reason": "并入别的事项", "ends_on": day})
    assert done.status_code == 302
    assert queries.in_force_id(world.item_code, tomorrow()) is None
    assert queries.in_force_id(world.item_code, timezone.localdate()) == world.edition_id


def test_a_draft_is_discarded_once(world, as_):
    client, made = as_(world.editor), drafted(world)
    sent = form(client, made, "discard")
    assert press(client, made, "discard", sent)["Location"] == f"/catalogue/items/{world.item_id}"
    assert press(client, made, "discard", sent).status_code == 404
    assert worlds.drafts() == []


# --- beginnings --------------------------------------------------------------------------------------------------------


def test_a_draft_begins_from_the_edition_in_force_and_pressed_twice_it_is_one(world, as_):
    client, url = as_(world.editor), f"/catalogue/items/{world.item_id}"
    key = fields_of(client.get(url).content.decode(), f"{url}/draft")["key"]
    first, again = (client.post(f"{url}/draft", {"key": key, "origin": "current"}) for _ in range(2))
    assert first["Location"] == again["Location"]
    (made,) = worlds.drafts()
    assert made.body == queries.guide_of(world.edition_id).body()


def test_a_draft_begins_from_the_standard_and_follows_it(world, as_, standard):
    client, url = as_(world.editor), f"/catalogue/items/{world.item_id}"
    client.post(f"{url}/draft", {"key": str(new_id()), "origin": "standard"})
    (made,) = worlds.drafts()
    assert made.body == {}
    page = client.get(f"/catalogue/editions/{made.id}/edit/process").content.decode()
    assert "照基本目录" in page
    assert "own:limits" in page


def test_an_item_is_found_in_the_basic_catalogue_and_registered_once(world, as_):
    client, code = as_(world.editor), worlds.SUPPLEMENT_BASIC_CODE
    page = client.get("/catalogue/basics", {"q": "饮用水"}).content.decode()
    assert f"/catalogue/basics/{code}" in page
    assert worlds.BASIC_CODE not in page
    assert worlds.BASIC_CODE in client.get("/catalogue/basics", {"q": worlds.BASIC_CODE[:9]}).content.decode()
    url = f"/catalogue/basics/{code}/register"
    sent = {"organ": str(world.organ_id), "level": "4"}
    first, again = client.post(url, sent), client.post(url, sent)
    assert first.status_code == 302
    assert first["Location"] == again["Location"]
    for wrong in (
        {"organ": str(world.other_organ_id), "level": "4"},
        {"organ": str(world.organ_id), "level": "9"},
    ):
        assert client.post(url, wrong).status_code == 422
    assert "饮用水" in client.get("/catalogue", {"only": "none"}).content.decode()
    assert "饮用水" not in client.get("/catalogue", {"only": "draft"}).content.decode()
    assert client.post("/catalogue/basics/nothing/register", sent).status_code == 404


def test_a_business_item_is_registered_with_a_code_of_33(world, as_):
    code = f"{worlds.BASIC_CODE}01"
    worlds.business_item(code, "公共场所卫生许可（新办）")
    sent = {"organ": str(world.organ_id), "level": "4"}
    client = as_(world.editor)
    assert client.post(f"/catalogue/basics/{code}/register", sent).status_code == 302
    assert f"4{code}" in client.get(f"/catalogue/items/{worlds.item_of(code)}").content.decode()


def test_only_the_province_changes_the_standard(world, as_, standard):
    client = as_(world.editor)
    assert client.get(f"/catalogue/standards/{standard}").status_code == 403
    assert client.post(f"/catalogue/basics/{worlds.BASIC_CODE}/draft", {}).status_code == 403
    assert "起草新的版本" not in client.get(f"/catalogue/basics/{worlds.BASIC_CODE}").content.decode()
    assert "第 2 版" not in client.get(f"/catalogue/basics/{worlds.BASIC_CODE}").content.decode()


# --- scores ------------------------------------------------------------------------------------------------------------


def test_scores_are_shown_as_bars_table_and_file(world, as_, standard):
    client = as_(world.editor)
    page = client.get("/catalogue/scores").content.decode()
    (one,) = queries.grouped(queries.scored(world.editor, timezone.localdate()), "place")
    own, _total = queries.of_editor(world.editor, timezone.localdate())
    assert one.points == own[0].score
    assert (one.errors, one.warnings) == (own[0].errors, own[0].warnings)
    assert f'class="tb-bar-value" width="{one.points}"' in page
    assert "style=" not in page, "the policy allows no inline style"
    text = b"".join(client.get("/catalogue/scores.csv?by=organ").streaming_content).decode("utf-8-sig")
    assert text.splitlines()[1].split(",")[2:4] == ["1", str(one.points)]


def test_scores_cost_one_statement_once_they_are_known(world, as_, standard, django_assert_num_queries):
    today = timezone.localdate()
    actor = replace(world.editor, posts=world.editor.posts)
    queries.scored(actor, today)
    with django_assert_num_queries(2):  # the organ of the actor, and all editions in force
        queries.scored(actor, today)


def test_an_editor_sees_the_scores_of_own_organs_only(world):
    assert {one.organ for one in queries.scored(world.editor, datetime.now(UTC).date())} <= {
        str(world.organ_id)
    }
