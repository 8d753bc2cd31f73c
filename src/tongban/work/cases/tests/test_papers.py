"""Numbers and papers of documents: every kind has its number and one sober page that says what its letter says."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tongban.base.documents import render
from tongban.standards.text import Message
from tongban.work.cases.actions.filing import _TEMPLATE
from tongban.work.cases.rules.letters import LETTERS, letter
from tongban.work.cases.rules.moves import GRANTS, SUPPLEMENTS, Verb
from tongban.work.cases.rules.numbers import KINDS, NUMBERED, number_of, series_of
from tongban.work.cases.rules.papers import paper, plain
from tongban.work.cases.tests.test_letters import BODIES, FACTS

AT = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
ORGAN = "海口市龙华区卫生健康委员会"
REST = {
    "number": "龙华区卫健委许受〔2026〕12号",
    "case_number": "11460106MB1234567X400012300100020261102" + "0001",
    "to": "王秀兰",
    "date": "2026-12-01",
    "verify_url": "http://127.0.0.1:8000/track?number=114601",
}


def words_of(verb: Verb, folder: Path) -> str:
    program = shutil.which("pdftotext")
    assert program, "pdftotext is missing; Debian has it in poppler-utils"
    data = paper(letter(verb, BODIES[verb], FACTS), verb, FACTS.guide, organ=ORGAN)
    (folder / "made.pdf").write_bytes(render(_TEMPLATE, data | REST, at=AT))
    told = subprocess.run([program, str(folder / "made.pdf"), "-"], capture_output=True, check=True).stdout
    return re.sub(r"[\s\u200b]", "", told.decode())


def test_a_number_is_written_as_the_standard_has_it() -> None:
    # GB/T 9704-2012 7.2.5: hexagonal brackets, no 第, no leading zeros.
    assert number_of("龙华区卫健委", Verb.ACCEPT, 2026, 12) == "龙华区卫健委许受〔2026〕12号"
    assert number_of("龙华区卫健委", Verb.DECLINE, 2027, 1) == "龙华区卫健委许不受〔2027〕1号"


def test_series_differ_by_organ_kind_and_year_and_numbers_fit_their_columns() -> None:
    one = series_of("龙华区卫健委", Verb.GRANT, 2026)
    assert one == series_of("龙华区卫健委", Verb.GRANT_AT_ONCE, 2026)
    others = {
        series_of("琼山区卫健委", Verb.GRANT, 2026),
        series_of("龙华区卫健委", Verb.REFUSE, 2026),
        series_of("龙华区卫健委", Verb.GRANT, 2027),
    }
    assert len(others | {one}) == 4
    assert len(series_of("长" * 60, Verb.REFUSE, 2026)) <= 80
    assert len(number_of("长" * 60, Verb.REFUSE, 2026, 999_999)) <= 60


def test_two_kinds_never_give_one_number() -> None:
    by_word: dict[str, set[str]] = {}
    for verb in NUMBERED:
        by_word.setdefault(number_of("局", verb, 2026, 1), set()).add(series_of("局", verb, 2026))
    assert all(len(series) == 1 for series in by_word.values())


def test_every_document_that_goes_out_has_a_number_but_the_advice_before_receipt() -> None:
    assert {Verb.RETURN_FOR_CHANGES} == LETTERS - NUMBERED
    assert set(KINDS) == NUMBERED
    assert {KINDS[verb] for verb in GRANTS} == {"准"}
    assert {KINDS[verb] for verb in SUPPLEMENTS} == {"补"}


def test_a_marked_text_comes_to_paper_with_its_values_even_one_inside_another() -> None:
    assert plain(Message("经%(who)s批准", {"who": Message("%(n)s人", {"n": 2})})) == "经2人批准"
    assert plain("100%") == "100%"


@pytest.mark.parametrize("verb", sorted(NUMBERED))
def test_every_paper_says_what_its_letter_says(verb: Verb, tmp_path: Path) -> None:
    told = letter(verb, BODIES[verb], FACTS)
    shown = words_of(verb, tmp_path)
    wanted = [told.title, told.opening, *(one.what for one in told.reasons), *told.todo, told.objection]
    for text in [*map(plain, wanted), ORGAN, REST["number"], "王秀兰：", "2026年12月1日", "0898-00000001"]:
        assert re.sub(r"\s", "", text) in shown, text
    assert "%(" not in shown
    assert "None" not in shown
    assert "演示数据，不具法律效力" in shown
