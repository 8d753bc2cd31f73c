"""The documents that go out, in words: every verb that files one has its letter, and no letter promises what the law does not."""

from datetime import date

import pytest
from tests.world import GUIDE

from tongban.offers.catalogue.rules.guide import Guide
from tongban.standards.text import Message
from tongban.work.cases.rules.clock import Dates
from tongban.work.cases.rules.letters import CORRECTABLE, LETTERS, TITLES, Facts, Letter, letter
from tongban.work.cases.rules.moves import GRANTS, SUPPLEMENTS, Verb

_WORDS = {"reason": "检测报告不合格", "article": "公共场所卫生管理条例第四条"}
_DEMANDS = {"demands": [{"target": "material:report", "text": "报告缺第二页"}]}
_STOP = {"kind": "hearing", "days": 12, "reason": "申请人要求听证"}
BODIES = {
    Verb.RETURN_FOR_CHANGES: _DEMANDS,
    Verb.REQUEST_SUPPLEMENT: _DEMANDS,
    Verb.REQUEST_AGAIN: _DEMANDS | {"because": "新报告写的是另一家店", "rests_on": "material:report"},
    Verb.ACCEPT: {"later": ["plan"]},
    Verb.DEEM_ACCEPTED: {"since": "2026-11-02", "later": []},
    Verb.DECLINE: _WORDS,
    Verb.SUSPEND: _STOP,
    Verb.PAUSE: _STOP | {"part": "fire"},
    Verb.EXTEND: {"reason": "情况复杂", "days": 10},
    Verb.GRANT: {"note": ""},
    Verb.GRANT_PARTLY: _WORDS,
    Verb.GRANT_AT_ONCE: {"note": "当场看过"},
    Verb.GRANT_BY_RULE: {"rule": {"name": "老店换证"}},
    Verb.REFUSE: _WORDS,
    Verb.DELIVER: {"way": "post", "recipient": "王秀兰", "tracking": "EX100"},
    Verb.TERMINATE: _WORDS,
    Verb.REVOKE: _WORDS,
    Verb.CORRECT: {"document": "refuse", "wrong": "龙华", "right": "秀英"},
}
FACTS = Facts(
    guide=Guide.model_validate(GUIDE),
    dates=Dates(date(2026, 12, 1), None, date(2026, 11, 20), date(2026, 12, 14)),
    before=Dates(None, None, None, date(2026, 11, 30)),
    later_by=date(2026, 11, 16),
)


def _said(found: Letter) -> str:
    parts = [found.title, found.opening, found.objection, *found.todo]
    parts += [text for row in found.rows for text in (row.label, row.value)]
    parts += [text for reason in found.reasons for text in (reason.what, reason.why)]
    return "\n".join(str(part) % part.params if isinstance(part, Message) else str(part) for part in parts)


@pytest.mark.parametrize("verb", sorted(LETTERS))
def test_every_document_that_goes_out_reads_as_a_letter(verb):
    said = _said(letter(verb, BODIES[verb], FACTS))
    assert TITLES[verb] in said
    assert FACTS.guide.name in said
    assert "%(" not in said


def test_every_decision_and_every_notice_of_a_deadline_has_its_letter():
    assert (
        GRANTS
        | SUPPLEMENTS
        | {Verb.REFUSE, Verb.DECLINE, Verb.ACCEPT, Verb.EXTEND, Verb.SUSPEND, Verb.DELIVER, Verb.REVOKE}
        <= LETTERS
    )
    assert Verb.CORRECT not in CORRECTABLE


@pytest.mark.parametrize("verb", [Verb.DECLINE, Verb.REFUSE, Verb.GRANT_PARTLY, Verb.TERMINATE, Verb.REVOKE])
def test_what_goes_against_the_applicant_says_why_by_which_article_and_how_to_object(verb):
    said = _said(letter(verb, BODIES[verb], FACTS))
    for words in (*_WORDS.values(), "六十日内申请行政复议", "依法提起行政诉讼"):
        assert words in said


def test_an_extension_tells_the_old_and_the_new_day():
    rows = {row.label: row.value for row in letter(Verb.EXTEND, BODIES[Verb.EXTEND], FACTS).rows}
    assert rows["原来的法定期限"] == date(2026, 11, 30)
    assert rows["延长后的法定期限"] == date(2026, 12, 14)
    assert rows["延长"] == 10


def test_a_special_procedure_tells_its_kind_its_days_and_until_when():
    rows = {row.label: row.value for row in letter(Verb.SUSPEND, _STOP, FACTS).rows}
    assert (rows["特别程序"], rows["所需时间"], rows["最晚到"]) == ("听证", 12, date(2026, 12, 1))


def test_an_acceptance_lists_what_may_follow_with_its_day():
    found = letter(Verb.ACCEPT, BODIES[Verb.ACCEPT], FACTS)
    assert found.by == date(2026, 11, 16)
    assert "平面图" in _said(found)
    assert letter(Verb.ACCEPT, {"later": []}, FACTS).by is None
