"""Questions inside announcements, as editors write them."""

from hypothesis import given
from hypothesis import strategies as st

from tongban.offers.publicinfo.rules.questions import Asked, questions_in


def test_questions_are_taken_out_with_their_answers_in_order():
    body = "下面几个问题问得最多。\n\n问：面积很小，也要办吗？\n答：要办。\n不论大小。\n\n　问: 租的房子呢\n答: 能。"
    assert questions_in(body) == (
        Asked("面积很小，也要办吗？", "要办。\n不论大小。"),
        Asked("租的房子呢", "能。"),
    )


def test_what_is_no_question_gives_none():
    for body in ("", "没有问题", "问：没有回答", "问：\n答：没有问", "答：只有答", "他问：这样行吗？答：行"):
        assert questions_in(body) == ()


@given(st.text())
def test_any_text_is_read_without_a_fault_and_nothing_is_invented(body: str):
    for each in questions_in(body):
        assert each.question
        assert each.answer in body
