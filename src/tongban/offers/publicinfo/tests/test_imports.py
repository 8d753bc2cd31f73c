import json
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests import world as worlds

from tongban.base.actor import PUBLIC
from tongban.base.db import fetch_all
from tongban.base.errors import Forbidden, NotFound
from tongban.base.ledger.queries import acts_of
from tongban.offers.publicinfo import actions, imports, queries
from tongban.offers.publicinfo.models import Article, Law, LawEdition
from tongban.offers.publicinfo.rules.laws import read_law
from tongban.offers.publicinfo.tests.filling import law_text, take_in

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


def test_the_shipped_laws_go_in_and_going_in_again_changes_nothing():
    told: list[str] = []
    folder = Path(settings.DATA) / "laws"
    assert imports.run(folder, told.append) == 0
    assert imports.run(folder, told.append) == 0
    assert told == [
        "laws: 23 added, 0 changed, 0 unchanged, 0 refused",
        "laws: 0 added, 0 changed, 23 unchanged, 0 refused",
    ]
    assert len(queries.laws(on=ON)) == 23
    editions = queries.law_editions("行政许可法")
    text = {a.number.label: a.text for a in queries.articles(editions[0].id)}
    assert len(text) == 83
    assert "当场或者在五日内一次告知" in text["第三十二条"]


def test_a_later_wording_ends_the_earlier_one_and_tells_what_changed(tmp_path):
    take_in(tmp_path, "2010-01-01", "甲", "乙", "本法自2010年3月1日起施行。")
    take_in(tmp_path, "2020-01-01", "甲", "乙改了", "本法自2020年6月1日起施行。")
    newer, older = queries.law_editions("样例法")
    assert (older.starts_on, older.ends_on) == (date(2010, 3, 1), date(2020, 6, 1))
    assert (newer.starts_on, newer.ends_on) == (date(2020, 6, 1), None)
    for on, found in (
        (date(2010, 2, 28), None),
        (date(2010, 3, 1), older),
        (date(2020, 5, 31), older),
        (date(2020, 6, 1), newer),
    ):
        assert queries.in_force([newer, older], on) == found
    events = fetch_all("SELECT payload FROM outbox_event WHERE name = 'publicinfo.law_changed'")
    assert len(events) == 1
    payload = json.loads(events[0][0])
    assert payload["law"] == "样例法"
    assert payload["changed"] == [
        {"kind": "changed", "old": "第二条", "new": "第二条"},
        {"kind": "changed", "old": "第三条", "new": "第三条"},
    ]
    acts = [act.act for act in acts_of(f"law:{Law.objects.get().id}")]
    assert acts == ["publicinfo.law_published", "publicinfo.law_changed"]


def test_an_older_wording_may_come_later_and_takes_its_place(tmp_path):
    take_in(tmp_path, "2020-01-01", "甲", "乙二")
    take_in(tmp_path, "2010-01-01", "甲", "乙一")
    take_in(tmp_path, "2015-01-01", "甲", "乙一半")
    spans = [(e.starts_on.year, e.ends_on and e.ends_on.year) for e in queries.law_editions("样例法")]
    assert spans == [(2020, None), (2015, 2020), (2010, 2015)]
    assert len(queries.laws(on=date(2012, 1, 1))) == 1


def test_the_same_day_with_other_words_is_refused(tmp_path):
    take_in(tmp_path, "2010-01-01", "甲")
    told = take_in(tmp_path, "2010-01-01", "乙")
    assert told[-1] == "1"
    assert "内容不能再改" in told[0]
    assert Article.objects.get().text == "甲"


def test_a_later_wording_that_would_begin_earlier_is_refused(tmp_path):
    take_in(tmp_path, "2010-01-01", "本法自2030年1月1日起施行。")
    assert "后公布的文本不能先施行" in take_in(tmp_path, "2020-01-01", "x")[0]


def test_one_bad_file_keeps_all_of_them_out_and_is_named_with_line_and_reason(tmp_path):
    (tmp_path / "好法(2010-01-01).md").write_text(law_text("甲", title="好法"), encoding="utf-8")
    (tmp_path / "坏法(2010-01-01).md").write_text("# 坏法\n\n第二条 x\n", encoding="utf-8")
    (tmp_path / "别的法(2010-01-01).md").write_text(law_text("甲", title="不是这部法"), encoding="utf-8")
    (tmp_path / "没有日期.md").write_text(law_text("甲"), encoding="utf-8")
    (tmp_path / "乱码法(2010-01-01).md").write_bytes(b"# \xe6\xb3\x95\n\n\xff\xfe")
    told: list[str] = []
    assert imports.run(tmp_path, told.append) == 1
    assert sorted(told) == sorted(
        [
            "没有日期.md:1: the file is not named title(YYYY-MM-DD).md",
            "乱码法(2010-01-01).md:3: not UTF-8 text",
            "别的法(2010-01-01).md:1: the title 不是这部法 is not the one of the file's name",
            "坏法(2010-01-01).md:3: 第二条 does not follow the beginning",
            f"{tmp_path.name}: 4 files refused, nothing was imported",
        ]
    )
    assert not Law.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\x00" * 10, b"# \xe6\xb3\x95", b"x" * (imports.LARGEST_FILE + 1)])
def test_a_file_that_is_no_law_is_refused(tmp_path, content):
    file = tmp_path / "法律(2010-01-01).md"
    file.write_bytes(content)
    told: list[str] = []
    assert imports.run(file, told.append) == 1
    assert imports.run(tmp_path / "nothing(2010-01-01).md", told.append) == 1


def test_an_empty_folder_is_told(tmp_path):
    told: list[str] = []
    assert imports.run(tmp_path, told.append) == 1
    assert "no *.md file" in told[0]


def test_nobody_writes_a_law_by_hand():
    with pytest.raises(Forbidden):
        actions.publish_law(
            actor=PUBLIC,
            text=read_law(law_text("甲").split("\n")),
            dated=ON,
            source_digest="0" * 64,
            at=worlds.AT,
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE law_edition SET history = 'x'",
        "UPDATE law_edition SET starts_on = starts_on - 1",
        "UPDATE law_edition SET published_at = NULL",
        "DELETE FROM law_edition",
        "UPDATE law_article SET text = 'x'",
        "DELETE FROM law_article",
        "INSERT INTO law_article (edition_id, number, inserted, label, chapter, section, text)"
        " SELECT id, 9, 0, '第九条', '', '', 'x' FROM law_edition",
    ],
)
def test_the_database_refuses_to_change_a_published_wording(tmp_path, statement):
    take_in(tmp_path, "2010-01-01", "甲")
    with pytest.raises(DatabaseError, match="fixed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_two_wordings_in_force_on_one_day(tmp_path):
    take_in(tmp_path, "2010-01-01", "甲")
    same = LawEdition.objects.get()
    with pytest.raises(IntegrityError, match="law_one_in_force"), transaction.atomic():
        LawEdition.objects.create(
            law_id=same.law_id, dated=date(2011, 1, 1), starts_on=date(2011, 1, 1), starts_said=True
        )


def test_a_citation_finds_its_article_in_one_statement(tmp_path, django_assert_num_queries):
    take_in(tmp_path, "2010-01-01", "甲", "乙")
    cited = [
        ("中华人民共和国样例法", "第二条第一款"),
        ("《样例法》", "第九条、第一条"),
        ("样例法", "第八十条"),
        ("样例法", ""),
        ("没有的法", "第一条"),
        ("\x00", "第一条"),
        ("\ud800", ""),
    ]
    with django_assert_num_queries(1):
        found = queries.address_of(cited, on=ON)
    assert {pair: (a.key, a.anchor) for pair, a in found.items()} == {
        cited[0]: ("样例法", "a2"),
        cited[1]: ("样例法", "a1"),
        cited[2]: ("样例法", ""),
        cited[3]: ("样例法", ""),
    }
    assert queries.address_of(cited, on=date(2009, 1, 1)) == {}
    with django_assert_num_queries(0):
        assert queries.address_of([], on=ON) == {}


@pytest.mark.parametrize("text", ["\x00", "\ud800", "%", "'; --", "长" * 500])
def test_a_search_for_anything_is_answered(tmp_path, text):
    take_in(tmp_path, "2010-01-01", "甲")
    assert queries.laws(text, on=ON) == []
    with pytest.raises(NotFound):
        queries.law_editions(text)
