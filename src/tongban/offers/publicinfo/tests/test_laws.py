from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.offers.publicinfo.rules.laws import (
    ArticleText,
    BadLaw,
    ChangeKind,
    Fate,
    LawKind,
    compare,
    in_force_from,
    kind_of,
    pieces,
    read_file_name,
    read_law,
)
from tongban.standards.citations import ArticleNumber, articles_cited, key_of

LAWS = Path(__file__).parents[5] / "data" / "laws"
LAW = """# 中华人民共和国样例法

2003年8月27日 第十届全国人民代表大会常务委员会通过

<!-- INFO END -->

## 第一章 总 则

### 第一节　目　的

第一条 为了试一试，制定本法。

第二条 第一款。

（一）第一项；

第二条规定的事，另行规定。

## 第二章 附则

第二条之一　插进来的。

第三条 本法自2004年7月1日起施行。
"""


def law(text: str = LAW):
    return read_law(text.split("\n"))


def test_a_law_is_read_into_chapters_sections_and_articles():
    read = law()
    assert (read.title, read.history) == (
        "中华人民共和国样例法",
        "2003年8月27日 第十届全国人民代表大会常务委员会通过",
    )
    assert [a.number.label for a in read.articles] == ["第一条", "第二条", "第二条之一", "第三条"]
    assert [a.chapter for a in read.articles] == ["第一章 总则", "第一章 总则", "第二章 附则", "第二章 附则"]
    assert [a.section for a in read.articles] == ["第一节 目的", "第一节 目的", "", ""]
    # A paragraph that begins by citing an article is none.
    assert read.articles[1].text == "第一款。\n（一）第一项；\n第二条规定的事，另行规定。"
    assert [a.number.anchor for a in read.articles] == ["a1", "a2", "a2-1", "a3"]


@pytest.mark.parametrize("file", sorted(LAWS.glob("*.md")), ids=lambda file: file.stem)
def test_every_law_that_is_shipped_is_read_without_losing_a_word(file: Path):
    name, dated = read_file_name(file.stem)
    read = read_law(file.open(encoding="utf-8"))
    assert key_of(read.title) == key_of(name)
    assert in_force_from(read, dated)[0] >= dated
    parts = [read.title, read.history]
    for article in read.articles:
        parts += [article.number.label, article.text]
    kept = "".join("".join(parts).split())
    lines = [x for x in file.read_text(encoding="utf-8").split("\n") if not x.startswith(("##", "<!--"))]
    invisible = {"\u200b": None}  # one file has a space of no width at the end of a line
    assert kept == "".join("".join(lines).removeprefix("# ").split()).translate(str.maketrans(invisible))


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "the file is empty"),
        ("\n\n没有标题", 3, "the first line is not"),
        ("# " + "长" * 101, 1, "at most 100 characters"),
        ("# a/b", 1, "the first line is not"),
        ("# 法\n\n没有条文", 3, "no article"),
        ("# 法\n<!-- INFO END -->\n散落的字", 3, "belongs to no article"),
        ("# 法\n## 总则", 2, "no 编, 章 or 节"),
        ("# 法\n## 第十十章 x", 2, "is no number"),
        ("# 法\n第二条 x", 2, "第二条 does not follow the beginning"),
        ("# 法\n第一条 x\n第三条 y", 3, "第三条 does not follow 第一条"),
        ("# 法\n第一条 x\n第一条 y", 3, "第一条 does not follow 第一条"),
        ("# 法\n第一条 x\n第一条之二 y", 3, "第一条之二 does not follow"),
        ("# 法\n第一百十条 x", 2, "is no number"),
        ("# 法\n第一条  \n## 第一章 x", 2, "第一条 has no text"),
        ("# 法\n第一条\nx\n第二条", 4, "第二条 has no text"),
        ("# 法\n第一条 a\x00b", 2, "控制字符"),
        ("# 法\n第一条 \u202e反", 2, "隐藏字符"),
    ],
)
def test_what_is_no_law_is_refused_at_its_line(text: str, line: int, reason: str):
    with pytest.raises(BadLaw, match=reason) as refused:
        law(text)
    assert refused.value.line == line


@given(
    st.lists(
        st.sampled_from(
            ["# 法", "第一条 x", "第二条 y", "## 第一章 z", "", "词", "\x00", "<!-- INFO END -->"]
        )
    )
)
def test_any_lines_are_read_or_refused_with_a_line(lines: list[str]):
    line = None
    try:
        assert read_law(lines).articles
    except BadLaw as bad:
        line = bad.line
    assert line is None or 1 <= line <= max(len(lines), 1)


@pytest.mark.parametrize(
    ("stem", "found"),
    [
        ("行政许可法(2019-04-23)", ("行政许可法", date(2019, 4, 23))),
        ("a(b)法(2020-01-01)", ("a(b)法", date(2020, 1, 1))),
    ],
)
def test_a_file_name_tells_name_and_day(stem: str, found: tuple[str, date]):
    assert read_file_name(stem) == found


@pytest.mark.parametrize("stem", ["行政许可法", "法(2019-13-01)", "(2019-01-01)", "法(2019-1-1)", "x" * 300])
def test_a_file_name_that_tells_none_is_refused(stem: str):
    with pytest.raises(BadLaw):
        read_file_name(stem)


@pytest.mark.parametrize(
    ("said", "history", "expected"),
    [
        ("本法自2004年7月1日起施行。", "2003年通过", (date(2004, 7, 1), True)),
        ("本法自2001年7月1日起施行。", "2003年修正", (date(2003, 8, 27), False)),
        ("本条例自公布之日起施行。", "", (date(2003, 8, 27), True)),
        ("本条例自发布之日起施行。", "2003年修订", (date(2003, 8, 27), False)),
        ("本法自2004年13月1日起施行。", "", (date(2003, 8, 27), False)),
        ("没有说。", "", (date(2003, 8, 27), False)),
    ],
)
def test_the_first_day_in_force_is_the_one_said_or_the_day_of_the_wording(said, history, expected):
    text = f"# 法\n{history}\n第一条 x\n第二条 {said}"
    assert in_force_from(law(text), date(2003, 8, 27)) == expected


@pytest.mark.parametrize(
    ("title", "history", "kind"),
    [
        ("中华人民共和国行政许可法", "", LawKind.LAW),
        ("中华人民共和国市场主体登记管理条例", "", LawKind.REGULATION),
        ("优化营商环境条例", "国务院", LawKind.REGULATION),
        ("安阳市政务服务条例", "安阳市第十四届人民代表大会常务委员会通过", LawKind.LOCAL),
        ("海南省某条例", "", LawKind.LOCAL),
    ],
)
def test_the_kind_follows_from_title_and_origin(title: str, history: str, kind: LawKind):
    assert kind_of(law(f"# {title}\n{history}\n第一条 x")) is kind


def test_a_law_is_cited_with_and_without_the_name_of_the_state():
    assert {
        key_of(t) for t in ("中华人民共和国森林法", "《森林法》", " 森林法 ", "《中华人民共和国森林法》")
    } == {"森林法"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("第三十二条第一款第一项", [(32, 0)]),
        ("第五十六条、第五十七条、第五十六条", [(56, 0), (57, 0)]),
        ("第二条之一", [(2, 1)]),
        ("第十十条", []),
        ("第32条", []),
        ("", []),
    ],
)
def test_the_articles_of_a_citation(text: str, numbers: list[tuple[int, int]]):
    assert articles_cited(text) == tuple(ArticleNumber(*n) for n in numbers)


def article(number: int, text: str, inserted: int = 0) -> ArticleText:
    return ArticleText(ArticleNumber(number, inserted), "", "", text)


def of(changes) -> list[tuple[str, int | None, int | None]]:
    return [
        (c.kind.value, c.old.number.number if c.old else None, c.new.number.number if c.new else None)
        for c in changes
    ]


def test_changed_added_and_removed_articles_are_told():
    old = [article(1, "甲"), article(2, "乙"), article(3, "丙")]
    assert of(compare(old, old)) == []
    assert of(compare(old, [article(1, "甲"), article(2, "乙改"), article(3, "丙")])) == [("changed", 2, 2)]
    assert of(compare(old, [*old, article(4, "丁")])) == [("added", None, 4)]
    assert of(compare(old, old[:2])) == [("removed", 3, None)]


def test_an_inserted_article_moves_the_others_and_changes_none_of_them():
    old = [article(1, "甲"), article(2, "乙"), article(3, "丙")]
    new = [article(1, "甲"), article(2, "新"), article(3, "乙"), article(4, "丙")]
    assert of(compare(old, new)) == [("added", None, 2), ("moved", 2, 3), ("moved", 3, 4)]


def test_where_counts_differ_equal_numbers_belong_together():
    old = [article(1, "甲"), article(2, "乙")]
    new = [article(1, "甲一"), article(2, "乙一"), article(3, "丙一")]
    assert of(compare(old, new)) == [("changed", 1, 1), ("changed", 2, 2), ("added", None, 3)]


texts = st.lists(st.text("甲乙丙丁", min_size=1, max_size=3), max_size=8)


@given(texts, texts)
def test_the_changes_account_for_every_article(old_texts: list[str], new_texts: list[str]):
    old = [article(n, t) for n, t in enumerate(old_texts, 1)]
    new = [article(n, t) for n, t in enumerate(new_texts, 1)]
    changes = compare(old, new)
    untouched = {a.number for a in old} - {c.old.number for c in changes if c.old}
    assert untouched == {a.number for a in new} - {c.new.number for c in changes if c.new}
    for number in untouched:
        assert old[number.number - 1].text == new[number.number - 1].text
    for change in changes:
        assert (change.old is None) == (change.kind is ChangeKind.ADDED)
        assert (change.new is None) == (change.kind is ChangeKind.REMOVED)


def test_texts_too_long_to_lay_side_by_side_stand_one_after_the_other():
    assert pieces("甲" * 2_001, "乙" * 2_000) == ((Fate.CUT, "甲" * 2_001), (Fate.PUT, "乙" * 2_000))


@given(st.text("甲乙丙", max_size=30), st.text("甲乙丙", max_size=30))
def test_the_pieces_hold_both_texts(old: str, new: str):
    found = pieces(old, new)
    assert "".join(text for fate, text in found if fate is not Fate.PUT) == old
    assert "".join(text for fate, text in found if fate is not Fate.CUT) == new
