from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.world import GUIDE

from tongban.offers.catalogue.rules.fitting import fitted
from tongban.offers.catalogue.rules.guide import Guide, Terms
from tongban.offers.catalogue.rules.narrowing import violations

FEE = {"name": "工本费", "standard": "每证20元", "basis": "某文件", "online": True}


def guide(**changed: Any) -> Guide:
    return Guide.model_validate(GUIDE | changed)


def standard(**changed: Any) -> Terms:
    terms = {name: value for name, value in GUIDE.items() if name in Terms.model_fields}
    return Terms.model_validate(terms | changed)


def test_what_does_not_go_beyond_stays_as_it_is():
    local = guide(limits={"statutory_days": 20, "promised_days": 2}, conditions=["有固定的经营场所。"])
    assert fitted(standard(), local) == local


def test_a_longer_promise_falls_to_the_standards_and_everything_else_stays():
    local = guide(limits={"statutory_days": 20, "promised_days": 5, "reply_days": 2}, keywords=["本地的词"])
    found = fitted(standard(limits={"statutory_days": 15, "promised_days": 3}), local)
    assert (found.limits.statutory_days, found.limits.promised_days, found.limits.reply_days) == (15, 3, 2)
    assert found.model_copy(update={"limits": local.limits}) == local


def test_a_shorter_promise_than_the_new_one_is_kept():
    local = guide(limits={"statutory_days": 20, "promised_days": 1})
    assert (
        fitted(standard(limits={"statutory_days": 10, "promised_days": 3}), local).limits.promised_days == 1
    )


def test_only_the_entries_that_go_beyond_are_taken_from_the_standard_or_dropped():
    report, lease, plan = GUIDE["materials"]  # type: ignore[misc] # a list in this literal
    mine = guide(
        materials=[
            report | {"copies": 3},
            lease | {"notes": "本地的说明"},
            plan,
            {"key": "more", "name": "多的"},
        ]
    )
    kept = {one.key: one for one in fitted(standard(), mine).materials}
    assert set(kept) == {"report", "lease", "plan"}
    assert (kept["report"].copies, kept["lease"].notes) == (1, "本地的说明")


def test_a_fee_that_the_standard_no_longer_has_is_dropped_and_a_dearer_one_lowered():
    assert fitted(standard(), guide(fees=[FEE])).fees == ()
    dear = guide(fees=[FEE | {"standard": "每证30元"}])
    assert fitted(standard(fees=[FEE]), dear).fees[0].standard == "每证20元"


def test_limits_that_need_not_be_told_fall_to_what_the_standard_says_or_to_nothing():
    told = {"statutory_days": 20, "promised_days": 5}
    local = guide(limits=told | {"pre_review_days": 3, "extension_days": 12, "later_days": 4})
    found = fitted(standard(), local).limits
    assert (found.pre_review_days, found.extension_days, found.later_days) == (None, None, 4)
    found = fitted(standard(limits=told | {"pre_review_days": 2, "extension_days": 6}), local).limits
    assert (found.pre_review_days, found.extension_days, found.later_days) == (2, 6, 4)
    quick = guide(limits=told | {"reply_days": 9})
    found = fitted(standard(limits=told | {"pre_review_days": 2}), quick).limits
    assert (found.reply_days, found.pre_review_days) == (5, None), "who has no pre-review gets none"


COMMITMENT = {"proves": ["有场所。"], "duty": "照办。", "liability": "撤销。", "check_days": 60}


def test_a_commitment_and_a_rule_stay_as_far_as_they_still_stand():
    report, lease, _plan = GUIDE["materials"]  # type: ignore[misc] # a list in this literal
    local = guide(
        commitment=COMMITMENT | {"replaces": ["report", "plan"]},
        rule={"name": "自己的房子", "when": {"own_place": "own"}},
    )
    fewer = fitted(standard(materials=[report, lease]), local)
    assert fewer.commitment is not None
    assert fewer.commitment.replaces == ("report",)
    assert fewer.rule == local.rule
    assert fitted(standard(materials=[report, lease]), fewer) == fewer


def test_a_rule_that_rests_on_a_question_which_is_gone_goes_with_it():
    field = {"key": "shop_name", "label": "店名"}
    form = {"sections": [{"key": "shop", "title": "店铺", "fields": [field]}]}
    less = standard(form=form, materials=[], result=GUIDE["result"] | {"fields": ["shop_name"]})  # type: ignore[operator] # a dict in this literal
    found = fitted(less, guide(rule={"name": "自己的房子", "when": {"own_place": "own"}}))
    assert found.rule is None
    assert violations(less, found) == []


DAYS = st.integers(1, 30)
NAMES = st.sampled_from(["受理", "审查", "决定", "制证", "送达", "盖章"])
STEP = st.fixed_dictionaries({"name": NAMES, "days": st.integers(0, 9)})
MATERIAL = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["报告", "合同", "平面图"]),
        "copies": st.integers(1, 3),
        "original": st.sampled_from(["original", "copy"]),
        "requirement": st.sampled_from(["required", "optional", "later"]),
    }
)
PROCEDURE = st.fixed_dictionaries(
    {"kind": st.sampled_from(["hearing", "exam", "other"]), "days": st.integers(0, 30)}
)


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    promised = draw(DAYS)
    online = draw(st.sampled_from(["none", "accept", "full"]))
    visits = 0 if online == "full" else draw(st.integers(0, 2))
    return {
        "limits": {
            "statutory_days": promised + draw(st.integers(0, 20)),
            "promised_days": promised,
            "statutory_unit": draw(st.sampled_from(["workday", "day"])),
            **draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        name: st.integers(1, 30)
                        for name in ("pre_review_days", "extension_days", "later_days")
                    },
                )
            ),
        },
        "served": draw(st.lists(st.sampled_from(["自然人", "企业法人"]), unique=True)),
        "conditions": draw(st.lists(st.sampled_from(["有场所。", "有人员。", "有钱。"]), unique=True)),
        "steps": draw(st.lists(STEP, min_size=1, max_size=6)),
        "special_procedures": draw(st.lists(PROCEDURE, max_size=3, unique_by=lambda one: one["kind"])),
        "materials": [
            {"key": f"m{place}"} | one for place, one in enumerate(draw(st.lists(MATERIAL, max_size=3)))
        ],
        "fees": [FEE | {"standard": f"每证{draw(DAYS)}元"}] * draw(st.integers(0, 1)),
        "channels": {
            "online": online,
            "visits": visits,
            "visit_reason": "交回旧证" if visits else "",
            "post": draw(st.booleans()) or not visits,
            "anywhere": draw(st.sampled_from(["county", "city", "province", "country"])),
            "ways": draw(st.lists(st.sampled_from(["window", "computer", "phone"]), unique=True)),
        },
        "remarks": [
            {"label": "另", "text": text} for text in draw(st.lists(st.sampled_from("甲乙"), max_size=2))
        ],
    }


@settings(deadline=None)
@given(bodies(), bodies())
def test_whatever_the_two_say_nothing_beyond_the_standard_is_left(rule: dict[str, Any], said: dict[str, Any]):
    terms, local = standard(**rule), guide(**said)
    found = fitted(terms, local)
    assert violations(terms, found) == []
    assert fitted(terms, found) == found
    if not violations(terms, local):
        assert found == local
    assert (found.windows, found.phones, found.keywords) == (local.windows, local.phones, local.keywords)
