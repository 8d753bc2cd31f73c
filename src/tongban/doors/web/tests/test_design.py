"""The shared design (界面底座): every part renders, says its interface, and keeps the promises made to readers."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.template.loader import get_template, render_to_string
from django.utils import translation

from tongban.base.errors import Conflict
from tongban.doors.web.samples import samples
from tongban.doors.web.templatetags import tongban as words

WEB = Path(__file__).resolve().parents[1]
TEMPLATES = sorted((WEB / "templates" / "web").rglob("*.html"))
PARTS = sorted((WEB / "templates" / "web" / "parts").glob("*.html"))
PAGE = {
    "door": "workbench", "title": "", "language": "zh-hans", "elderly": False, "place_name": "秀英区", "place_code": "460105000000",
    "query": "", "user_name": "", "unread": 0, "login_url": "/login", "logout_url": "/logout", "path": "/design",
}  # fmt: skip


@pytest.fixture(autouse=True)
def in_chinese():
    with translation.override("zh-hans"):
        yield


def by_name(path: Path) -> str:
    return path.relative_to(WEB / "templates" / "web").as_posix()


def living(**page: object) -> str:
    return get_template("web/living.html").render({"page": PAGE | page, "sample": samples()})


def test_a_date_is_written_with_its_weekday():
    assert words.date_zh(date(2026, 12, 8)) == "2026年12月8日（周二）"


def test_a_moment_is_shown_in_the_time_of_the_place():
    assert words.time_zh(datetime(2026, 12, 8, 20, 30, tzinfo=UTC)) == "2026年12月9日（周三）04:30"


def test_an_english_reader_gets_english_dates():
    with translation.override("en"):
        assert words.date_zh(date(2026, 12, 8)) == "8 December 2026 (Tue)"


def test_nothing_is_written_for_a_date_that_is_not_there():
    assert words.date_zh(None) == words.time_zh("") == words.day_zh(None) == ""


def test_working_days_stand_beside_the_date_they_end_on():
    assert words.workdays(20, date(2026, 12, 22)) == "20 个工作日，最晚 2026年12月22日（周二）"


def test_zero_working_days_are_on_the_spot():
    assert words.workdays(0) == "当场办结"


@pytest.mark.parametrize(
    ("plain", "kind", "hidden"),
    [
        ("460106199001012126", "", "460106********2126"),
        ("46010619900101212X", "", "460106********212X"),
        ("13800138000", "", "138****8000"),
        ("王秀兰", "name", "王**"),
        ("12", "", "1*"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_what_need_not_be_seen_is_hidden(plain, kind, hidden):
    assert words.masked(plain, kind) == hidden


def test_a_refusal_is_said_with_its_values_in_place():
    refusal = Conflict("sample.late", "最晚应在%(day)s前提交", {"day": date(2026, 12, 8)})
    assert words.translated(refusal) == "最晚应在2026年12月8日（周二）前提交"


def test_a_long_case_number_keeps_its_day_and_serial():
    assert words.tail("11440232MB2D06811W4000117051000202010200008") == "…202010200008"


def test_a_choice_is_compared_as_text():
    assert words.holds([1, 2], "2")
    assert words.holds(3, "3")
    assert not words.holds("12", "2")
    assert not words.holds(None, "None")


def test_a_row_of_another_length_than_the_columns_is_a_fault():
    with pytest.raises(ValueError, match="zip"):
        words.paired(["一", "二"], ["甲"])


@pytest.mark.parametrize("path", TEMPLATES, ids=by_name)
def test_no_template_breaks_the_content_policy(path):
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", PARTS, ids=by_name)
def test_every_part_says_what_it_needs(path):
    assert path.read_text().startswith("{% comment %}")


@pytest.mark.parametrize("path", TEMPLATES, ids=by_name)
def test_every_chinese_text_can_be_translated(path):
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.S)
    text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", text, flags=re.S)
    text = re.sub(r"{%.*?%}|{{.*?}}", "", text)
    assert set(re.findall(r"[\u4e00-\u9fff]+", text)) <= {"中文"}  # a language is called by its own name


def test_every_part_is_on_the_living_page():
    shown = re.findall(r"web/parts/(\w+)\.html", "".join(path.read_text() for path in TEMPLATES))
    assert {path.stem for path in PARTS} <= set(shown)


def test_the_living_page_renders_every_state():
    page = living()
    for tag in samples()["tags"]:
        assert f'tb-tag-{tag["state"]}">{tag["word"]}<' in page
    assert "2026年12月22日（周二）" in page


def test_no_id_is_given_twice():
    ids = re.findall(r'\sid="([^"]+)"', living())
    assert sorted(ids) == sorted(set(ids))


def test_an_error_is_tied_to_its_field():
    field = samples()["field"]["wrong"]
    page = render_to_string("web/parts/field.html", {"field": field})
    assert 'aria-invalid="true"' in page
    assert "id_phone-error" in page
    assert 'value="1380013"' in page


def test_what_a_reader_typed_is_never_taken_as_markup():
    field = samples()["field"]["text"] | {"value": '"><script>alert(1)</script>', "errors": ["<b>"]}
    page = render_to_string("web/parts/field.html", {"field": field})
    assert "<script>" not in page
    assert "<b>" not in page


def test_a_password_is_never_sent_back():
    field = samples()["field"]["text"] | {"type": "password", "value": "secret"}
    assert "secret" not in render_to_string("web/parts/field.html", {"field": field})


def test_large_type_is_chosen_by_the_page():
    assert 'class="elderly"' in living(elderly=True)
    assert 'class="elderly"' not in living()


def test_the_language_of_the_page_is_declared():
    assert '<html lang="en"' in living(language="en")
    assert '<html lang="zh-CN"' in living()


def channel(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        digits = colour.lstrip("#")
        digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
        red, green, blue = (channel(int(digits[at : at + 2], 16)) for at in (0, 2, 4))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def schemes() -> list[dict[str, str]]:
    css = (WEB / "static" / "web" / "tongban.css").read_text()
    blocks = re.findall(r"{([^{}]*--sea:[^{}]*)}", css)
    return [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})", block)) for block in blocks]


@pytest.mark.parametrize("scheme", schemes(), ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        ("ink", "ground", 7), ("ink", "raised", 7), ("ink", "paper", 7), ("ink", "shade", 7), ("ink", "sea-tint", 7),
        ("ink-2", "ground", 7), ("ink-2", "paper", 7), ("ink-2", "sea-tint", 4.5), ("ink-3", "raised", 4.5),
        ("sea", "ground", 7), ("sea", "sea-tint", 4.5), ("on-sea", "sea", 4.5),
        ("ok", "ok-tint", 4.5), ("warn", "warn-tint", 4.5), ("bad", "bad-tint", 4.5), ("bad", "ground", 4.5),
        ("edge", "raised", 3), ("edge", "ground", 3),
    ],
)  # fmt: skip
def test_colours_can_be_read(scheme, text, ground, least):
    assert contrast(scheme[text], scheme[ground]) >= least
