"""Whatever only lowers has no violation; whatever asks for more is met by its rule, in any mixture."""

from hypothesis import given
from hypothesis import strategies as st

from tongban.offers.catalogue.rules.narrowing import Rule
from tongban.offers.catalogue.tests.narrowing import BASE, NEW_MATERIAL, Change, contact, found, shop

# Indexes move when something before them was taken out, so these operations find their places by key.
LESS: list[Change] = [
    lambda b: b["limits"].update(statutory_days=15),
    lambda b: b["limits"].update(promised_days=1, delivery_days=0),
    lambda b: b.update(materials=[m for m in b["materials"] if m["key"] != "photo"]),
    lambda b: b.update(materials=[m for m in b["materials"] if m["key"] != "plan"]),
    lambda b: [m.update(copies=1) for m in b["materials"]],
    lambda b: [m.update(requirement="optional") for m in b["materials"]],
    lambda b: [m.update(form="either") for m in b["materials"]],
    lambda b: b["channels"].update(anywhere="country"),
    lambda b: b["channels"].update(online="accept", visits=1),
    lambda b: b["channels"].update(online="full", visits=0),
    lambda b: b["conditions"].pop(0) if b["conditions"] else None,
    lambda b: b.update(fees=[]),
    lambda b: [fee.update(standard="每证1元") for fee in b["fees"]],
    lambda b: b.update(phones={"advice": "0898-66666666", "complaint": "0898-12345"}),
    lambda b: b.update(windows=[{"name": "甲", "address": "乙", "hours": "丙"}]),
    lambda b: b.update(faq=[], keywords=["别的"]),
    lambda b: b["steps"].pop() if len(b["steps"]) > 1 else None,
    lambda b: [step.update(days=0) for step in b["steps"]],
    lambda b: [field.update(required=False) for field in contact(b)],
]

# A way to ask for more, and its rule, whatever else was lowered before it.
MORE: list[tuple[Rule, Change]] = [
    (Rule.NAME, lambda b: b.update(name="换了名字")),
    (Rule.BASIS, lambda b: b.update(basis=[{"title": "本局规定"}])),
    (Rule.CONDITION, lambda b: b["conditions"].append("有本地户籍。")),
    (Rule.MATERIAL, lambda b: b["materials"].append(NEW_MATERIAL)),
    (Rule.DEMAND, lambda b: b["materials"][0].update(copies=9)),
    (Rule.LIMIT, lambda b: b["limits"].update(reply_days=50)),
    (Rule.STEP, lambda b: b["steps"].append({"name": "镇里盖章", "days": 0})),
    (Rule.FIELD, lambda b: shop(b).append({"key": "more", "label": "更多"})),
    (Rule.ANSWER, lambda b: shop(b)[1].update(required=True)),
    (Rule.FEE, lambda b: b["fees"].append({"name": "别的费", "standard": "1元", "basis": "本局"})),
    (Rule.DEARER, lambda b: b.update(fees=[BASE["fees"][0] | {"standard": "每证99元"}])),
    (Rule.VISITS, lambda b: b["channels"].update(online="accept", visits=9)),
    (Rule.RESULT, lambda b: b["result"].update(name="别的证")),
]


@given(st.lists(st.sampled_from(LESS), max_size=8))
def test_whatever_only_lowers_has_no_violation(changes: list[Change]):
    assert found(*changes) == set()


@given(st.lists(st.sampled_from(LESS), max_size=6), st.sampled_from(MORE))
def test_whatever_asks_for_more_is_met_by_exactly_its_rule(changes: list[Change], more: tuple[Rule, Change]):
    rule, change = more
    assert {name for name, _ in found(*changes, change)} == {rule.value}
