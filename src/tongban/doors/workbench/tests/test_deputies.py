"""The page of deputies: named by whoever is away, ended by her, seen by nobody else; what was typed is never lost."""

import uuid
from datetime import timedelta

from tongban.doors.workbench.door import day_of, now
from tongban.people.identity import queries

PAGE = "/deputies"
DAY = timedelta(days=1)


def text_of(response) -> str:
    return response.content.decode()


def filled(world, **changed: str) -> dict[str, str]:
    today = day_of(now())
    return {
        "post": f"decider {world.organ_id}",
        "deputy": str(world.reviewer.id),
        "since": today.isoformat(),
        "last": (today + 6 * DAY).isoformat(),
        "key": str(uuid.uuid4()),
    } | changed


def test_a_decider_names_a_colleague_who_sees_it_on_both_pages_and_ends_it(world, as_):
    decider, reviewer = as_(world.decider), as_(world.reviewer)
    assert decider.post(PAGE, filled(world))["Location"] == PAGE
    assert "已委托" in text_of(decider.get(PAGE))
    page = text_of(decider.get(PAGE))
    assert world.reviewer.name in page.partition("我委托的")[2].partition("委托一位同事")[0]
    assert "代理中" in page
    assert f"（代{world.decider.name}）" in text_of(reviewer.get("/"))
    assert "我代理的" in text_of(reviewer.get(PAGE))
    (named,) = queries.deputies_of(world.decider)
    assert named.until == day_of(now()) + 7 * DAY, "the last day is one of the days"
    asked = decider.get(f"{PAGE}/{named.id}/end")
    assert "马上不能再办" in text_of(asked)
    assert decider.post(f"{PAGE}/{named.id}/end")["Location"] == PAGE
    assert "提前结束" in text_of(decider.get(PAGE))
    assert "（代" not in text_of(reviewer.get("/"))
    for answer in (decider.get(f"{PAGE}/{named.id}/end"), decider.post(f"{PAGE}/{named.id}/end")):
        assert answer.status_code == 409


def test_the_form_offers_one_s_own_posts_and_colleagues_and_nobody_else(world, as_):
    as_(world.decider).post(PAGE, filled(world))
    page = text_of(as_(world.reviewer).get(PAGE))
    assert f'value="reviewer {world.organ_id}" selected' in page
    assert f'value="decider {world.organ_id}"' not in page, "what is held as a deputy cannot be passed on"
    assert world.clerk.name in page
    assert "（窗口受理）" in page
    assert world.other_clerk.name not in page
    assert f'value="{world.reviewer.id}"' not in page


def test_somebody_without_colleagues_is_told_so(world, as_):
    page = text_of(as_(world.other_clerk).get(PAGE))
    assert "还没有别的同事" in page
    assert '<form method="post" action="/deputies"' not in page


def test_what_cannot_be_taken_comes_back_at_its_field_with_all_that_was_typed(world, as_):
    decider = as_(world.decider)
    today = day_of(now())
    for changed, at_field in (
        ({"last": (today - DAY).isoformat()}, "last"),
        ({"last": "9999-12-31"}, "last"),
        ({"last": "下周"}, "last"),
        ({"since": (today - DAY).isoformat()}, "since"),
        ({"since": ""}, "since"),
        ({"deputy": str(world.other_clerk.id)}, "deputy"),
        ({"deputy": str(world.decider.id)}, "deputy"),
        ({"deputy": ""}, "deputy"),
        ({"post": "king " + str(world.organ_id)}, "post"),
        ({"post": "decider"}, "post"),
    ):
        refused = decider.post(PAGE, filled(world, **changed))
        assert refused.status_code == 422, changed
        page = text_of(refused)
        assert f'href="#id_{at_field}"' in page, changed
        assert "错误：" in page
        if at_field != "since":
            assert f'value="{today.isoformat()}"' in page
    assert not queries.deputies_of(world.decider)


def test_a_post_of_somebody_else_is_refused_and_said(world, as_):
    refused = as_(world.clerk).post(PAGE, filled(world))
    assert refused.status_code == 403
    assert "只能委托您本人担任的岗位" in text_of(refused)
    assert not queries.deputies_of(world.clerk)


def test_the_second_press_changes_nothing_and_the_same_days_are_refused(world, as_):
    decider, sent = as_(world.decider), filled(world)
    assert decider.post(PAGE, sent).status_code == decider.post(PAGE, sent).status_code == 302
    assert len(queries.deputies_of(world.decider)) == 1
    again = decider.post(PAGE, filled(world))
    assert again.status_code == 409
    assert "已经委托这位同事" in text_of(again)


def test_nobody_else_sees_or_ends_it_and_strangers_sign_in_first(world, as_):
    as_(world.decider).post(PAGE, filled(world))
    url = f"{PAGE}/{queries.deputies_of(world.decider)[0].id}/end"
    for other in (world.clerk, world.reviewer, world.other_clerk):
        assert as_(other).get(url).status_code == as_(other).post(url).status_code == 404
    assert as_(world.applicant).get(PAGE).status_code == as_(world.applicant).post(url).status_code == 403
    assert "/login" in as_(None).get(PAGE)["Location"]
    assert as_(None).post(url).status_code == 403
    for garbage in (
        {},
        {"post": "\x00", "deputy": "\u202e", "since": "9" * 400, "last": "\x00", "key": "\x00" * 90},
    ):
        assert as_(world.decider).post(PAGE, garbage).status_code == 422
    assert as_(world.decider).get(f"{PAGE}/{uuid.uuid4()}/end").status_code == 404
    assert queries.deputising(world.reviewer, at=now())


def test_the_page_costs_a_fixed_number_of_statements(world, as_, django_assert_max_num_queries):
    decider = as_(world.decider)
    for person in (world.reviewer, world.clerk, world.head):
        decider.post(PAGE, filled(world, deputy=str(person.id)))
    decider.get(PAGE)
    with django_assert_max_num_queries(8):
        assert decider.get(PAGE).status_code == 200


def test_every_post_has_its_name_on_the_first_page(world, as_):
    for who, label in (("head", "机关负责人"), ("governor", "政府负责人"), ("supervisor", "督查")):
        assert f"{label} · " in text_of(as_(getattr(world, who)).get("/")), who
