import uuid
from dataclasses import replace
from itertools import product

import pytest

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post, system
from tongban.offers.publicinfo.access import may, may_edit, sees
from tongban.offers.publicinfo.rules import documents
from tongban.offers.publicinfo.rules.documents import (
    DOCUMENT_MOVES,
    OPEN,
    DocumentKind,
    DocumentState,
    DocumentVerb,
    MadeBy,
    check_content,
    check_reason,
    find,
    personal_numbers,
    verbs_from,
)

ORGAN, OTHER = uuid.uuid4(), uuid.uuid4()
GOOD = {"kind": "notice", "title": "通知", "body": "正文"}


def editor(organ: uuid.UUID = ORGAN, role: str = "editor") -> Actor:
    return Actor(ActorKind.STAFF, id=uuid.uuid4(), name="某", posts=frozenset({Post(role, organ)}))


def test_the_table_is_walked_in_full():
    can = {(m.source.value, m.verb.value, m.target.value) for m in DOCUMENT_MOVES}
    assert can == {
        ("draft", "write", "draft"),
        ("draft", "send", "in_review"),
        ("in_review", "send_back", "draft"),
        ("in_review", "approve", "published"),
        ("published", "revise", "revised"),
        ("published", "withdraw", "withdrawn"),
    }
    for state, verb in product(DocumentState, DocumentVerb):
        move = find(state, verb)
        assert (move is not None) == any((state, verb) == (m.source, m.verb) for m in DOCUMENT_MOVES)
        assert (move in verbs_from(state)) == (move is not None)


def test_nothing_becomes_public_but_by_a_second_person():
    ways = [m for m in DOCUMENT_MOVES if m.source in OPEN and m.target not in OPEN]
    assert {m.by for m in ways} == {MadeBy.SECOND}
    assert not [m for m in DOCUMENT_MOVES if m.source not in OPEN and m.target in OPEN]


def test_every_state_and_kind_and_verb_has_its_word():
    assert set(documents.DOCUMENT_STATE_LABELS) == set(DocumentState)
    assert set(documents.DOCUMENT_VERB_LABELS) == set(DocumentVerb)
    assert set(documents.DOCUMENT_KIND_LABELS) == set(DocumentKind)


@pytest.mark.parametrize("move", DOCUMENT_MOVES, ids=lambda move: move.verb.value)
def test_who_may_make_each_move(move):
    writer, second, elsewhere, clerk = editor(), editor(), editor(OTHER), editor(role="clerk")
    deputy = replace(second, posts=frozenset({Post("editor", ORGAN, for_id=writer.id)}))
    allowed = {
        name: may(actor, move, organ_id=ORGAN, writers=[writer.id])[0]
        for name, actor in {
            "writer": writer,
            "deputy of the writer": deputy,
            "second": second,
            "elsewhere": elsewhere,
            "clerk": clerk,
            "public": PUBLIC,
            "system": system("x"),
        }.items()
    }
    expected = dict.fromkeys(allowed, False)
    expected["second"] = move.by is not MadeBy.SYSTEM
    expected["writer"] = expected["deputy of the writer"] = move.by is MadeBy.EDITOR
    assert allowed == expected


def test_a_refusal_to_the_writer_says_why():
    writer = editor()
    move = find(DocumentState.IN_REVIEW, DocumentVerb.APPROVE)
    assert "没有动笔" in may(writer, move, organ_id=ORGAN, writers=[uuid.uuid4(), writer.id])[1]


@pytest.mark.parametrize("state", DocumentState)
def test_drafts_are_for_the_editors_of_the_organ_only(state: DocumentState):
    seen = [
        sees(actor, organ_id=ORGAN, state=state)
        for actor in (editor(), editor(OTHER), editor(role="clerk"), PUBLIC)
    ]
    assert seen == ([True, False, False, False] if state in OPEN else [True] * 4)
    assert may_edit(editor(), ORGAN) == (True, "")
    assert not may_edit(editor(OTHER), ORGAN)[0]


def test_content_is_cleaned_and_told_in_one_form():
    content, errors = check_content(GOOD | {"title": "　通知 ", "body": "一\r\n二", "beyond": "x"})
    assert errors == {}
    assert content.told() == {"kind": "notice", "title": "通知", "body": "一\n二"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "law"}, "kind"),
        ({"title": " "}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"body": ""}, "body"),
        ({"body": "长" * 20_001}, "body"),
        ({"body": "a\x00"}, "body"),
        ({"body": "\ud800"}, "body"),
    ],
)
def test_content_that_cannot_be_taken_is_told_by_field(changed: dict[str, str], field: str):
    content, errors = check_content(GOOD | changed)
    assert content is None
    assert list(errors) == [field]


@pytest.mark.parametrize(
    ("text", "good"), [("有理由", True), ("", False), ("长" * 401, False), ("\x00", False)]
)
def test_a_reason_is_asked_for_and_bounded(text: str, good: bool):
    assert (check_reason(text)[1] == {}) is good


def test_numbers_of_people_are_pointed_out():
    number = "11010519491231002X"  # the example of GB 11643
    assert personal_numbers(f"张三，{number}，手机13800138000。再说一遍{number}") == (number, "13800138000")
    assert personal_numbers("电话 0898-00000001，编号 110105194912310021，12345") == ()
