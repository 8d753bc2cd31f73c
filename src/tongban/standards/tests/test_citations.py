"""Which law and which articles a text names."""

import pytest

from tongban.standards.citations import ArticleNumber, articles_cited, law_cited


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("中华人民共和国行政许可法", "行政许可法"),
        ("行政许可法", "行政许可法"),
        ("《中华人民共和国行政许可法》", "行政许可法"),
        ("《中华人民共和国行政许可法》（2019年修正）", "行政许可法"),
        ("中华人民共和国行政许可法（2019年修正）第四十二条", "行政许可法"),
        ("依照《森林法》第五十六条第二款", "森林法"),
        ("公共场所卫生管理条例(国务院令第714号)", "公共场所卫生管理条例"),
        ("森林法实施条例", "森林法实施条例"),
        ("", ""),
        ("中华人民共和国", "中华人民共和国"),
    ],
)
def test_a_law_is_known_by_its_short_name(text: str, law: str):
    assert law_cited(text) == law


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("第四十二条第一款", [(42, 0)]),
        ("第五十六条、第五十七条", [(56, 0), (57, 0)]),
        ("第三条至第五条", [(3, 0), (4, 0), (5, 0)]),
        ("第三条第二款到第五条第一项", [(3, 0), (4, 0), (5, 0)]),
        ("第三十二条之一", [(32, 1)]),
        ("第五条至第三条", [(5, 0), (3, 0)]),  # not a range
        ("第一条至第九百条", [(1, 0), (900, 0)]),  # wider than any range that is meant
        ("第百条", []),
        ("第二款", []),
        ("", []),
    ],
)
def test_articles_are_named_one_by_one_or_as_a_range(text: str, numbers: list[tuple[int, int]]):
    assert articles_cited(text) == tuple(ArticleNumber(*one) for one in numbers)
