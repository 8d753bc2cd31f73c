from datetime import date, timedelta
from uuid import UUID

import pytest

from tongban.oversight.responsibility.rules.authority import (
    Authority,
    Done,
    Ground,
    Organ,
    Setting,
    attendance_of,
    authority_of,
)

from .rows import AT, CLERK, COLLEAGUE, COUNTER, DECIDER, GOVERNMENT, ORGAN, OTHER, Deputised, Held, Mandated

TODAY = date(2026, 11, 2)
ORGANS = {
    ORGAN: Organ("区卫健委", "460106000000"),
    OTHER: Organ("区消防", "460106000000"),
    GOVERNMENT: Organ("区政府", "460106000000"),
    COUNTER: Organ("窗口", "460107000000"),
}


def setting(*holdings, deputies=(), **more) -> Setting:
    return Setting("460106000000", holdings=holdings, deputies=deputies, organs=ORGANS, **more)


def done(act, account=DECIDER, kind="staff", data=None, organ=ORGAN, mandate="", job="", at=AT) -> Done:
    return Done(act, at, kind, account, mandate, job, data or {}, organ)


def test_a_decision_rests_on_the_deciders_post_of_that_day():
    found = authority_of(done("cases.grant"), setting(Held(DECIDER, ORGAN, "decider")))
    assert found == Authority(Ground.POST, "decider", "区卫健委", date(2020, 1, 1), None)


@pytest.mark.parametrize(
    "held",
    [
        Held(DECIDER, ORGAN, "reviewer"),
        Held(DECIDER, OTHER, "decider"),
        Held(CLERK, ORGAN, "decider"),
        Held(DECIDER, ORGAN, "decider", until=TODAY),
        Held(DECIDER, ORGAN, "decider", since=TODAY + timedelta(days=1)),
    ],
)
def test_another_post_organ_person_or_day_is_no_authority_to_decide(held):
    assert authority_of(done("cases.grant"), setting(held)).ground is Ground.NONE


def test_a_post_counts_on_its_last_day_and_on_the_day_of_the_office_not_of_utc():
    ending = Held(DECIDER, ORGAN, "decider", until=date(2026, 11, 3))
    late = AT.replace(hour=15, minute=59)  # 23:59 in China
    assert authority_of(done("cases.grant", at=late), setting(ending)).ground is Ground.POST
    assert (
        authority_of(done("cases.grant", at=late + timedelta(minutes=1)), setting(ending)).ground
        is Ground.NONE
    )


def deputising(**more):
    return Deputised(COLLEAGUE, DECIDER, ORGAN, "decider", TODAY, TODAY + timedelta(days=7), **more)


def test_a_deputys_authority_names_for_whom_and_by_which_deputising():
    one = deputising()
    found = authority_of(
        done("cases.grant", COLLEAGUE),
        setting(Held(DECIDER, ORGAN, "decider"), Held(COLLEAGUE, ORGAN, "reviewer"), deputies=[one]),
    )
    assert (found.ground, found.role, found.for_name, found.by) == (
        Ground.DEPUTY,
        "decider",
        "王决定",
        str(one.id),
    )


@pytest.mark.parametrize(
    ("holdings", "one"),
    [
        ([Held(COLLEAGUE, ORGAN, "reviewer")], deputising()),  # the one no longer holds the post
        ([Held(DECIDER, ORGAN, "decider")], deputising()),  # the other is not in office there
        (
            [Held(DECIDER, ORGAN, "decider"), Held(COLLEAGUE, ORGAN, "reviewer")],
            deputising(ended_at=AT - timedelta(minutes=1)),
        ),
        (
            [Held(DECIDER, ORGAN, "decider"), Held(COLLEAGUE, ORGAN, "reviewer")],
            deputising(named_at=AT + timedelta(minutes=1)),
        ),
    ],
)
def test_a_deputising_that_did_not_count_then_is_no_authority(holdings, one):
    found = authority_of(done("cases.grant", COLLEAGUE), setting(*holdings, deputies=[one]))
    assert found.ground is Ground.NONE


def test_a_post_that_is_bounded_to_other_items_is_no_authority_here():
    bounded = Held(DECIDER, ORGAN, "decider", items=("000123001000",))
    assert authority_of(done("cases.grant"), setting(bounded, item="000123001000")).ground is Ground.POST
    assert authority_of(done("cases.grant"), setting(bounded, item="000123002000")).ground is Ground.NONE


def test_a_department_acts_by_its_own_reviewer_and_for_its_own_part_only():
    around = setting(Held(DECIDER, OTHER, "reviewer"), parts={"fire": OTHER, "health": ORGAN})
    assert authority_of(done("cases.opine", data={"part": "fire"}), around).organ == "区消防"
    assert authority_of(done("cases.opine", data={"part": "health"}), around).ground is Ground.NONE
    assert authority_of(done("cases.opine", data={}), around).ground is Ground.NONE


def test_an_extension_is_the_heads_or_the_governments_of_the_very_place():
    assert authority_of(done("cases.extend"), setting(Held(DECIDER, ORGAN, "head"))).role == "head"
    assert (
        authority_of(done("cases.extend"), setting(Held(DECIDER, GOVERNMENT, "governor"))).role == "governor"
    )
    assert (
        authority_of(done("cases.extend"), setting(Held(DECIDER, COUNTER, "governor"))).ground is Ground.NONE
    )


def test_who_acts_for_herself_by_mandate_or_at_a_counter_is_told_apart():
    assert authority_of(done("cases.submit", kind="person"), setting()).ground is Ground.ONESELF
    mandate = UUID(int=77)
    by_agent = done("cases.submit", kind="person", mandate=str(mandate))
    found = authority_of(by_agent, setting(mandates={mandate: Mandated()}))
    assert (found.ground, found.by, found.agent, found.for_name) == (
        Ground.MANDATE,
        "SQ1",
        "陈代办",
        "林阿秀",
    )
    assert authority_of(by_agent, setting()).ground is Ground.NONE
    assert (
        authority_of(done("cases.submit", kind="person", mandate="nonsense"), setting()).ground is Ground.NONE
    )
    at_counter = done("cases.submit", CLERK, data={"at_counter": str(COUNTER)})
    assert authority_of(at_counter, setting(Held(CLERK, COUNTER, "clerk"))).organ == "窗口"
    assert authority_of(at_counter, setting(Held(CLERK, ORGAN, "clerk"))).ground is Ground.NONE


def test_the_platform_names_its_job_and_the_article():
    found = authority_of(done("cases.deem_accepted", None, "system", job="keep_time"), setting())
    assert (found.ground, found.by) == (Ground.RULE, "keep_time")
    assert "三十二" in found.basis


def test_proposals_and_checks_ask_for_the_posts_of_their_own_tables():
    around = setting(Held(DECIDER, ORGAN, "reviewer"))
    assert authority_of(done("cases.propose", data={"verb": "extend"}), around).role == "reviewer"
    assert authority_of(done("cases.propose", data={"verb": "request_again"}), around).ground is Ground.NONE
    assert authority_of(done("cases.check_keep"), around).role == "reviewer"
    assert authority_of(done("cases.check_revoke"), around).ground is Ground.NONE


def test_what_no_table_knows_rests_on_any_post_where_the_case_was_handled_first():
    around = setting(Held(CLERK, OTHER, "editor"), Held(CLERK, ORGAN, "clerk"))
    assert authority_of(done("cases.claim", CLERK), around).organ == "区卫健委"
    assert authority_of(done("cases.migrate", CLERK), setting(Held(CLERK, OTHER, "editor"))).role == "editor"


def test_who_stood_at_the_counter_is_read_from_the_act_and_a_lost_mandate_is_said():
    mandate = UUID(int=77)
    around = setting(mandates={mandate: Mandated()})
    kept = {"party": str(UUID(int=5)), "seen": "id_card"}
    herself = attendance_of({"present": kept}, around)
    assert (herself.seen, herself.mandate, herself.lost) == ("id_card", None, "")
    other = attendance_of({"present": kept | {"mandate": str(mandate)}}, around)
    assert (other.mandate.number, other.mandate.seen) == ("SQ1", "授权委托书")
    for lost in (str(UUID(int=78)), "nonsense"):
        assert attendance_of({"present": kept | {"mandate": lost}}, around).lost == lost
    for nothing in ({}, {"present": None}, {"present": "x"}, {"present": {"seen": "library card"}}):
        assert attendance_of(nothing, around) is None
