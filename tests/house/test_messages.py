"""The English interface: every text has a translation that keeps its places, and the catalogue is up to date."""

import gettext
import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from scripts import messages

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
CURLY = re.compile(r"[\u2018\u2019\u201c\u201d]")  # Chinese fonts draw these as wide as a character
PROPER_NAMES: frozenset[str] = frozenset()  # Chinese that stays Chinese in an English sentence: none so far
PLACES = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return messages.read_catalogue()


def texts(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def translations(message: Message) -> Iterator[tuple[str, str]]:
    """(Chinese, English) of a message, once for each of its numbers."""
    if isinstance(message.id, tuple | list):
        yield from zip(message.id, message.string, strict=True)
    else:
        yield str(message.id), str(message.string)


def test_the_catalogue_holds_what_the_sources_say_and_nothing_else(catalogue):
    assert messages.differences(catalogue, messages.gathered(catalogue)) == []


def test_every_text_has_a_translation(catalogue):
    assert messages.untranslated(catalogue) == []


def test_every_translation_keeps_the_places_of_its_text(catalogue):
    torn = [
        (chinese, english)
        for message in texts(catalogue)
        for chinese, english in translations(message)
        if sorted(PLACES.findall(chinese)) != sorted(PLACES.findall(english))
    ]
    assert torn == []


def test_every_translation_can_be_filled_in(catalogue):
    for message in texts(catalogue):
        for chinese, english in translations(message):
            places = dict.fromkeys(PLACES.findall(chinese), "…")
            assert not places or english % places


def test_no_translation_speaks_chinese(catalogue):
    spoken = [
        (chinese, english)
        for message in texts(catalogue)
        for chinese, english in translations(message)
        if set(CHINESE.findall(english)) - PROPER_NAMES
    ]
    assert spoken == []


def test_no_translation_has_quotes_that_chinese_fonts_draw_wide(catalogue):
    found = [text for message in texts(catalogue) for _, text in translations(message) if CURLY.search(text)]
    assert found == []


def test_the_catalogue_compiles_and_answers(catalogue):
    made = BytesIO()
    write_mo(made, catalogue)
    made.seek(0)
    english = gettext.GNUTranslations(made)
    assert english.gettext("受理") == "Accept"
    assert english.ngettext("%(count)s 个工作日", "%(count)s 个工作日", 1) == "%(count)s working day"
    assert english.ngettext("%(count)s 个工作日", "%(count)s 个工作日", 3) == "%(count)s working days"


def test_writing_the_catalogue_twice_changes_nothing(catalogue):
    once = messages.written(messages.gathered(catalogue))
    again = messages.written(messages.gathered(messages.read_po(BytesIO(once), locale="en")))
    assert again == once


def test_a_new_text_and_a_dropped_one_are_both_noticed(catalogue):
    fresh = Catalog(locale="en")
    fresh.add("新的", "new")
    found = messages.differences(catalogue, fresh)
    assert "not in the catalogue: 新的" in found
    assert "no longer said: 受理" in found


def test_the_check_names_what_a_catalogue_misses_and_writes_nothing(catalogue, tmp_path, capsys):
    behind = Catalog(locale="en")
    for message in texts(catalogue):
        if message.id != "受理":
            behind.add(message.id, message.string)
    path = tmp_path / "django.po"
    path.write_bytes(messages.written(behind))
    before = path.read_bytes()
    assert messages.main(["--check"], path) == 1
    assert "not in the catalogue: 受理" in capsys.readouterr().out.splitlines()
    assert path.read_bytes() == before


def test_gathering_adds_what_is_missing_and_keeps_what_is_translated(catalogue, tmp_path, capsys):
    behind = Catalog(locale="en")
    behind.add("决定", "Decision")
    behind.add("没有人再这样说", "gone")
    path = tmp_path / "django.po"
    path.write_bytes(messages.written(behind))
    assert messages.main([], path) == 1
    assert "not translated: 受理" in capsys.readouterr().out.splitlines()
    made = messages.read_catalogue(path)
    assert made["决定"].string == "Decision"
    assert made.get("没有人再这样说") is None
    assert len(made) == len(catalogue)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ('{% load i18n %}<p>{% translate "去" %}</p>', ["去"]),
        ('{% if a %}\n   {% translate "去" as x %}\n{% endif %}', ["去"]),
        ("{% blocktranslate with n=a|b %}第 {{ n }} 页{% endblocktranslate %}", ["第 %(n)s 页"]),
        (
            "{% blocktranslate count n=a %}{{ n }} 件{% plural %}{{ n }} 件们{% endblocktranslate %}",
            [("%(n)s 件", "%(n)s 件们")],
        ),
        ('{% include "x.html" with text=_("去") %}', ["去"]),
        ('{% comment %}{% translate "不" %}{% endcomment %}去', []),
    ],
)
def test_a_template_says_what_it_marks(template, said):
    assert list(messages.said_in(messages.as_python(template))) == said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('msg("甲" "乙")', ["甲乙"]),
        ('_("甲") % {"a": gettext("乙")}', ["甲", "乙"]),
        ('ngettext("一", "多", count)', [("一", "多")]),
        ("_(LABELS[state])", []),
    ],
)
def test_python_says_what_it_marks(source, said):
    assert list(messages.said_in(source)) == said
