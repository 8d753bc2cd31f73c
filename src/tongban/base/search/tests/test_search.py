"""Documents, synonyms and suggestions in the database (检索)."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.base.actor import PUBLIC, Actor, ActorKind, Post, system
from tongban.base.db import fetch_one
from tongban.base.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.base.search import actions, queries
from tongban.base.search.models import Document as Row
from tongban.base.search.models import SynonymGroup, Text
from tongban.base.search.queries import Filters
from tongban.base.search.rules.documents import Document, weights
from tongban.base.search.rules.reading import CUT, FLOOR, score

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
ON, DAY = date(2026, 11, 2), timedelta(days=1)
EDITOR = Actor(
    kind=ActorKind.STAFF, id=uuid.uuid4(), name="王编辑", posts=frozenset({Post("editor", uuid.uuid4())})
)
CLERK = replace(EDITOR, id=uuid.uuid4(), posts=frozenset({Post("clerk", uuid.uuid4())}))


def doc(key: str, title: str, **more: object) -> Document:
    told: dict[str, object] = {"kind": "guide", "ref": key, "group": key, "starts_on": ON} | more
    return Document(key=key, title=title, **told)  # type: ignore[arg-type] # as the tests give it


def found(text: str, *, on: date = ON, place: str = "", filters: Filters = queries.NOTHING) -> list[str]:
    return [hit.ref for hit in queries.search(text, on=on, place=place, filters=filters).hits]


# --- documents ---------------------------------------------------------------------------------------------------------


def test_a_later_document_replaces_the_earlier_one_at_its_first_day_and_not_before():
    actions.put(doc("a1", "开理发店", ref="a", group="g"))
    actions.put(doc("a2", "开照相馆", ref="a", group="g", starts_on=ON + 10 * DAY))
    assert found("理发店", on=ON - DAY) == []
    assert found("理发店", on=ON + 9 * DAY) == found("照相馆", on=ON + 10 * DAY) == ["a"]
    assert found("理发店", on=ON + 10 * DAY) == found("照相馆", on=ON + 9 * DAY) == []


def test_documents_put_together_replace_each_other_as_one_by_one():
    later = doc("a2", "开照相馆", ref="a", group="g", starts_on=ON + 10 * DAY)
    actions.put_all([later, doc("a1", "开理发店", ref="a", group="g")])
    assert found("理发店", on=ON + 10 * DAY) == []
    assert found("理发店", on=ON + 9 * DAY) == ["a"]


def test_what_ended_is_not_found_and_what_was_removed_is_gone():
    actions.put_all([doc("a", "开理发店"), doc("b", "开理发店二")])
    actions.end(ref="a", ends_on=ON + DAY)
    assert set(found("理发店")) == {"a", "b"}
    assert found("理发店", on=ON + DAY) == ["b"]
    actions.remove("a", "b")
    assert found("理发店") == []


def test_putting_the_same_again_changes_nothing():
    actions.put(doc("a", "开理发店", keywords=("剪头发",)))
    before = _rows()
    actions.put(doc("a", "开理发店", keywords=("剪头发",)))
    assert _rows() == before


def test_documents_that_say_the_same_share_their_text_and_its_facets():
    for number in range(5):
        actions.put(doc(f"a{number}", "开理发店", group="g", facets=frozenset({f"level:{number}"})))
    assert Text.objects.count() == 1
    assert Text.objects.get().facets == [f"level:{number}" for number in range(5)]
    assert found("理发店", filters=Filters(frozenset({"level:3"}))) == ["a3"]
    assert found("理发店", filters=Filters(frozenset({"level:3", "level:2"}))) == []


def test_a_document_that_ends_before_it_begins_is_refused_by_the_database():
    actions.put(doc("a", "开理发店"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Row.objects.update(ends_on=ON - DAY)


def test_what_is_put_in_a_transaction_that_fails_is_not_found():
    with transaction.atomic():
        actions.put(doc("a", "开理发店"))
        transaction.set_rollback(True)
    assert found("理发店") == queries.suggest("理发", on=ON) == []


def test_of_a_group_the_place_itself_comes_first_then_above_then_below_then_the_prefecture():
    places = {"county": "460106000000", "city": "460100000000", "town": "460106001000"}
    places |= {"beside": "460107000000", "province": "460000000000", "away": "460200000000"}
    actions.put_all([doc(name, "开理发店", group="g", place=code) for name, code in places.items()])
    for name in ("county", "city", "province", "town", "beside", "away"):
        (hit,) = queries.search("理发店", on=ON, place="460106000000").hits
        assert hit.ref == name
        assert hit.near == (name not in ("beside", "away"))
        actions.remove(name)


def test_others_that_offer_the_same_are_counted():
    places = [f"4601060{number:02}000" for number in range(1, 13)]
    actions.put_all([doc(f"a{place}", "开理发店", group="g", place=place) for place in places])
    actions.put(doc("twice", "开理发店", group="g", place=places[3], owner="x"))
    (hit,) = queries.search("理发店", on=ON, place=places[0]).hits
    assert hit.others == 12


def test_pages_follow_each_other_without_a_gap():
    actions.put_all([doc(f"a{number:02}", f"开理发店{number:02}") for number in range(50)])
    pages = [queries.search("理发店", on=ON, page=page) for page in (1, 2, 3, 4)]
    refs = [hit.ref for page in pages for hit in page.hits]
    assert len(refs) == len(set(refs)) == 50
    assert [page.more for page in pages] == [True, True, False, False]


def test_the_cost_of_a_question_is_three_statements_and_of_a_suggestion_one(django_assert_num_queries):
    actions.put_all([doc(f"a{number}", f"开理发店{number}", group=f"g{number % 9}") for number in range(40)])
    for text in ("理发店", "许可", "lifadian", "理法店", "开 理发 店 证", "没有的词"):
        with django_assert_num_queries(3):
            queries.search(
                text, on=ON, place="460106000000", filters=Filters(frozenset({"x:y"}), "o", near=True)
            )
        with django_assert_num_queries(1):
            queries.suggest(text, on=ON)
    with django_assert_num_queries(1):
        queries.search("", on=ON)


def test_the_cost_of_putting_does_not_depend_on_how_many_there_are():
    costs = []
    for many in (3, 60):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            actions.put_all([doc(f"{many}-{number}", f"开理发店{many}之{number}") for number in range(many)])
        costs.append(len(seen))
    assert costs[0] == costs[1]


# --- against the plain rule --------------------------------------------------------------------------------------------

_WORDS = ["理发", "发店", "食品", "经营", "许可", "社保", "保卡", "采伐", "林木", "ktv", "证"]
_TITLE = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=5).map("".join)
_DOCUMENT = st.tuples(
    _TITLE,
    st.lists(_TITLE, max_size=2),
    _TITLE | st.just(""),
    st.integers(-3, 3),
    st.integers(1, 4) | st.none(),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_DOCUMENT, max_size=12), _TITLE)
def test_what_is_found_is_what_the_plain_rule_finds(given_documents, question):
    with transaction.atomic():
        documents = [
            doc(
                f"d{number}",
                title,
                keywords=tuple(keywords),
                words=words,
                starts_on=ON + begins * DAY,
                ends_on=None if lasts is None else ON + (begins + lasts) * DAY,
            )
            for number, (title, keywords, words, begins, lasts) in enumerate(given_documents)
        ]
        actions.put_all(documents)
        _concepts, asked_for = queries.read(question)
        scores = {
            one.ref: score(weights(one), asked_for)
            for one in documents
            if one.starts_on <= ON and (one.ends_on is None or one.ends_on > ON)
        }
        best = max(scores.values(), default=0.0)
        expected = {ref: value for ref, value in scores.items() if value >= max(FLOOR, CUT * best) - 1e-9}
        hits = queries.search(question, on=ON, size=100).hits
        assert {hit.ref for hit in hits} == set(expected)
        for hit in hits:
            assert hit.score == pytest.approx(expected[hit.ref])
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        transaction.set_rollback(True)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(alphabet=st.characters(exclude_categories=[]), max_size=80),
    st.text(max_size=15),
    st.text(max_size=20),
    st.integers(-2, 200),
)
def test_no_question_is_a_fault(text, place, facet, page):
    filters = Filters(frozenset({facet}), facet, near=True)
    queries.search(text, on=ON, place=place, filters=filters, page=page)
    queries.search(text, on=ON)
    queries.suggest(text, on=ON)
    queries.synonyms(text)


# --- spelling, slips, suggestions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["社保卡", "shebaoka", "shebao", "SHBK", "sbk", "社包卡", "社卡保", "社保保卡", "shebaka", "shebaokaa"],
)
def test_a_keyword_is_found_by_characters_pinyin_initials_and_with_one_slip(typed: str):
    actions.put_all(
        [doc("a", "社会保障卡换领", keywords=("社保卡",)), doc("b", "开理发店", keywords=("剪头",))]
    )
    assert found(typed) == ["a"]


def test_what_a_slip_was_read_as_is_told():
    actions.put(doc("a", "社会保障卡换领", keywords=("社保卡",)))
    assert queries.search("社包卡", on=ON).meant == "社保卡"
    assert queries.search("社保卡", on=ON).meant is None


@pytest.mark.parametrize(
    "typed", ["社", "社保", "保障卡", "换领", "she", "shbk", "sbk", "baozhang", "ＳＨＥ"]
)
def test_suggestions_come_by_beginnings_of_phrase_word_pinyin_and_initials(typed: str):
    actions.put(doc("a", "社会保障卡换领", keywords=("社保卡",)))
    assert set(queries.suggest(typed, on=ON)) & {"社保卡", "社会保障卡换领"}


def test_nothing_is_suggested_that_leads_nowhere_on_that_day():
    actions.put(doc("a", "开理发店", starts_on=ON, ends_on=ON + DAY))
    assert queries.suggest("开", on=ON) == ["开理发店"]
    assert queries.suggest("开", on=ON + DAY) == queries.suggest("开", on=ON - DAY) == []
    assert queries.suggest("", on=ON) == queries.suggest("？", on=ON) == []


# --- synonyms ----------------------------------------------------------------------------------------------------------


def _add(words: str = "饭馆 饭店", leads: str = "食品经营许可", **more: object) -> uuid.UUID:
    return actions.add_synonyms(actor=EDITOR, words=words, leads=leads, at=AT, **more)  # type: ignore[arg-type] # the key of a press


def test_a_synonym_leads_to_what_it_says_from_the_moment_it_is_kept_until_it_ends():
    actions.put(doc("a", "食品经营许可核发"))
    assert found("开饭馆") == queries.suggest("饭", on=ON) == []
    group = _add()
    assert found("开饭馆") == found("fanguan") == ["a"]
    assert queries.suggest("fang", on=ON) == ["饭馆"]
    actions.change_synonyms(
        actor=EDITOR, group_id=group, words="餐馆", leads="食品经营许可", version=1, at=AT + DAY
    )
    assert (found("开饭馆"), found("开餐馆")) == ([], ["a"])
    assert queries.suggest("饭", on=ON) == []
    actions.end_synonyms(actor=EDITOR, group_id=group, version=2, at=AT + 2 * DAY)
    assert found("开餐馆") == queries.suggest("餐", on=ON) == []
    seen = queries.synonym(group)
    assert seen is not None
    assert (seen.changed_by, seen.changed_at, seen.ended_at) == ("王编辑", AT + 2 * DAY, AT + 2 * DAY)
    assert [act.act for act in queries.life_of(group)] == [
        "search.add_synonyms",
        "search.change_synonyms",
        "search.end_synonyms",
    ]
    assert queries.life_of(group)[1].data == {"words": ["餐馆"], "leads": ["食品经营许可"]}


def test_a_word_of_two_groups_is_still_suggested_when_one_of_them_ends():
    first, _second = _add(), _add("饭馆 小吃店", "食品小经营店备案")
    actions.end_synonyms(actor=EDITOR, group_id=first, version=1, at=AT)
    assert queries.suggest("饭", on=ON) == ["饭馆"]


def test_a_second_press_adds_and_changes_nothing():
    group = _add(key="press-0001")
    assert _add(key="press-0001") == group
    for _ in range(2):
        actions.change_synonyms(
            actor=EDITOR, group_id=group, words="餐馆", leads="食品", version=1, at=AT, key="press-0002"
        )
    assert SynonymGroup.objects.get().version == 2
    with pytest.raises(Conflict):
        _add("别的", "别的事", key="press-0002")


@pytest.mark.parametrize("actor", [PUBLIC, CLERK], ids=["public", "clerk"])
def test_only_editors_keep_synonyms(actor: Actor):
    group = _add()
    with pytest.raises(Forbidden):
        actions.add_synonyms(actor=actor, words="饭馆", leads="食品", at=AT)
    with pytest.raises(Forbidden):
        actions.change_synonyms(actor=actor, group_id=group, words="饭馆", leads="食品", version=1, at=AT)
    with pytest.raises(Forbidden):
        actions.end_synonyms(actor=actor, group_id=group, version=1, at=AT)
    assert SynonymGroup.objects.get().version == 1


def test_what_changed_meanwhile_or_is_not_there_is_refused():
    group = _add()
    with pytest.raises(Conflict):
        actions.change_synonyms(actor=EDITOR, group_id=group, words="餐馆", leads="食品", version=9, at=AT)
    with pytest.raises(Invalid):
        actions.change_synonyms(actor=EDITOR, group_id=group, words="", leads="食品", version=1, at=AT)
    with pytest.raises(NotFound):
        actions.end_synonyms(actor=EDITOR, group_id=uuid.uuid4(), version=1, at=AT)
    actions.end_synonyms(actor=system("test"), group_id=group, version=1, at=AT)
    with pytest.raises(Conflict):
        actions.end_synonyms(actor=EDITOR, group_id=group, version=2, at=AT)


def _rows() -> object:
    return fetch_one(
        "SELECT (SELECT array_agg(d ORDER BY key)::text FROM search_document d), (SELECT count(*) FROM search_text),"
        " (SELECT array_agg(p ORDER BY term)::text FROM search_posting p), (SELECT count(*) FROM search_phrase_key)"
    )


def test_what_has_no_place_stands_in_for_its_group_until_somebody_offers_it():
    actions.put_all(
        [
            doc("basic", "开理发店", group="g", facets=frozenset({"kind:item"}), prior=0.8),
            doc("offer", "开理发店", group="g", place="460106000000", starts_on=ON + DAY),
        ]
    )
    items = Filters(frozenset({"kind:item"}))
    assert found("理发店") == found("理发店", filters=items) == ["basic"]
    assert (found("理发店", on=ON + DAY), found("理发店", on=ON + DAY, filters=items)) == (["offer"], [])
