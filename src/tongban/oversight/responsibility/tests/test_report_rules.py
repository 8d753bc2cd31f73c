import hashlib
from dataclasses import replace

import pytest

from tongban.oversight.responsibility.rules.authority import Organ, Setting
from tongban.oversight.responsibility.rules.paper import paper, rows
from tongban.oversight.responsibility.rules.report import SIGNED_PARTS, Kept, Part, build

from .rows import APPLICANT, AT, CASE, DECIDER, ORGAN, OTHER, SUBJECT, Held, chain, judged

PERSON = {"kind": "person", "id": str(APPLICANT)}
STAFF = {"kind": "staff", "id": str(DECIDER), "name": "李决定"}
WORDS = "d" * 64
EVIDENCE = b"evidence"
ACTS = (
    ("cases.start", PERSON, {"organ": str(ORGAN), "digest": "e" * 64}, None),
    ("cases.submit", PERSON, {"form": "a" * 64}, None),
    ("cases.grant", STAFF, {"document": "doc", "digest": WORDS}, EVIDENCE),
    (
        "cases.file_document",
        {"kind": "system", "name": "make_document"},
        {"filed": "doc", "file": "b" * 64},
        None,
    ),
)
SETTING = Setting(
    "460106000000",
    holdings=[Held(DECIDER, ORGAN, "decider")],
    organs={ORGAN: Organ("区卫健委", "460106000000")},
)
KEPT = Kept(texts={"doc": WORDS}, form="a" * 64, holders={"f" * 64: frozenset({str(DECIDER)})})


def report(found=None, *, kept=KEPT, broken=(), signed=None, setting=SETTING):
    return build(
        SUBJECT,
        chain(*ACTS) if found is None else found,
        setting=setting,
        kept=kept,
        seals_broken=broken,
        judge=lambda evidence, content: signed or judged(),
        made_at=AT,
    )


def wrong(made) -> set[tuple[int, Part]]:
    return {(line.number, one.part) for line in made.lines for one in line.broken}


def test_an_untouched_case_holds_in_every_part_and_tells_who_did_what():
    made = report()
    assert wrong(made) == set()
    assert [line.act for line in made.lines] == [act for act, *_ in ACTS]
    assert made.lines[2].text == WORDS
    assert {one.part for one in made.lines[2].checks} >= {*SIGNED_PARTS, Part.TEXT, Part.LEDGER, Part.SEAL}
    assert (made.signed, made.waiting, made.broken) == (1, 0, ())


def test_a_changed_body_breaks_its_own_entry_and_no_other():
    found = chain(*ACTS)
    found[1] = replace(found[1], body=found[1].body.replace("a" * 64, "a" * 63 + "b"))
    assert wrong(report(found)) == {(2, Part.LEDGER), (2, Part.TEXT)}


@pytest.mark.parametrize("body", ["", "{", "[]", '{"actor":1}', '{"actor":{},"data":{},"at":"soon"}', '"x"'])
def test_a_body_that_is_no_entry_any_more_is_told_and_is_no_fault(body):
    found = chain(*ACTS)
    found[0] = replace(found[0], body=body)
    assert (1, Part.LEDGER) in wrong(report(found))


def test_a_text_that_was_changed_or_is_gone_names_the_text_of_its_act():
    for texts in ({"doc": "c" * 64}, {}):
        assert wrong(report(kept=replace(KEPT, texts=texts))) == {(3, Part.TEXT)}


def test_answers_are_held_against_the_last_act_that_tells_of_them():
    assert wrong(report(kept=replace(KEPT, form="c" * 64))) == {(2, Part.TEXT)}
    assert wrong(report(kept=replace(KEPT, form=None))) == set()


def test_a_seal_that_does_not_hold_or_is_not_there_yet_is_told_apart():
    assert {part for _, part in wrong(report(broken={1}))} == {Part.SEAL}
    waiting = [replace(row, seal=None, sealed_at=None) for row in chain(*ACTS)]
    made = report(waiting)
    assert (wrong(made), made.waiting) == (set(), 4)


@pytest.mark.parametrize("part", [Part.SIGNATURE, Part.CERTIFICATE, Part.CHAIN, Part.STATUS, Part.TIME_STAMP])
def test_what_the_signature_lacks_is_named_by_its_part(part):
    assert wrong(report(signed=judged({part: "changed"}))) == {(3, part)}


def test_evidence_that_is_gone_or_of_another_act_breaks_the_signature():
    for evidence in (None, b"other evidence"):
        found = chain(*ACTS)
        found[2] = replace(found[2], evidence=evidence)
        assert wrong(report(found)) == {(3, Part.SIGNATURE)}


def test_evidence_beside_an_entry_that_names_none_is_told():
    found = chain(*ACTS)
    found[1] = replace(found[1], evidence=b"planted")
    assert (2, Part.SIGNATURE) in wrong(report(found))


def test_a_certificate_of_somebody_else_breaks_the_holder_and_nothing_else():
    for holders in ({}, {"f" * 64: frozenset({str(APPLICANT)})}):
        assert wrong(report(kept=replace(KEPT, holders=holders))) == {(3, Part.HOLDER)}


def test_what_is_signed_is_the_body_without_its_signature():
    seen = []
    build(
        SUBJECT,
        chain(*ACTS),
        setting=SETTING,
        kept=KEPT,
        seals_broken=(),
        judge=lambda evidence, content: seen.append((evidence, content)) or judged(),
        made_at=AT,
    )
    ((evidence, content),) = seen
    assert evidence == EVIDENCE
    assert hashlib.sha256(evidence).hexdigest().encode() not in content
    assert b"cases.grant" in content


def test_after_a_transfer_the_next_act_is_the_new_organs():
    acts = (
        ACTS[0],
        ("cases.transfer", STAFF, {"organ_id": str(OTHER)}, None),
        ("cases.accept", STAFF, {}, None),
    )
    setting = Setting(
        "460106000000",
        holdings=[Held(DECIDER, ORGAN, "clerk"), Held(DECIDER, OTHER, "clerk")],
        organs={ORGAN: Organ("原机关", ""), OTHER: Organ("新机关", "")},
    )
    made = report(chain(*acts), setting=setting)
    assert [line.authority.organ for line in made.lines] == ["", "原机关", "新机关"]


def test_the_paper_numbers_every_act_and_says_what_does_not_hold():
    told = paper(report(kept=replace(KEPT, texts={})))
    assert [act["number"] for act in told["acts"]] == [1, 2, 3, 4]
    assert [(one["number"], one["parts"]) for one in told["broken"]] == [(3, "文书原文")]
    lines = {row["label"]: row["value"] for row in told["acts"][2]["rows"]}
    assert "李决定" in lines["办理人"]
    assert "区卫健委 决定（任职 2020-01-01至今）" in lines["职权依据"]
    assert "文书原文不符" in lines["核验"]
    assert str(CASE) in lines["账本位置"]


def test_an_unsigned_act_says_so_and_an_applicant_is_not_named():
    lines = {row["label"]: row["value"] for row in rows(report().lines[1])}
    assert (lines["办理人"], lines["签名"]) == ("申请人", "这一步没有用证书签名")
