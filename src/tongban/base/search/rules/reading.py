"""Reading a question (读问): into concepts, each with the ways in which the index may say it; and weighing the answers.

A concept is a stretch of the question. Its alternatives are the stretch itself, what the editors' synonyms lead it to, what
it spells in pinyin, and what it is one slip away from. A text answers a concept as well as its best alternative does, and
the question by the sum over its concepts, each counting by how rare it is.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tongban.base.search.rules.words import (
    asked,
    is_chinese,
    is_particle,
    runs,
    said,
    single_words,
    slip_keys,
)

# [O] our own numbers: how far an alternative is believed beside the words themselves.
SYNONYM, SPELT, MENDED, LOOSE = 1.0, 0.95, 0.7, 0.5
_SMALL = 0.25  # a single character between other words
_KNOWN = 0.6  # the share of a stretch that the index must know, or a slip is looked for
CUT = 0.5  # answers below this share of the best one are left out
FLOOR = 0.08  # and so are those that have next to nothing of the question
MOST_ALTERNATIVES = 12
MOST_POSTINGS = (
    8_000  # that a question is weighed by: common words beside rare ones tell little and cost the most
)
_COMMON = (
    0.12  # characters that a larger share of all texts has tell nothing by themselves, and cost the most
)
_LONGEST_WORD = 12  # characters of a synonym


@dataclass(frozen=True, slots=True)
class Hints:
    """What the index knows about a question (线索): synonyms found in it, phrases by the keys of its stretches."""

    synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    spelt: Mapping[str, Sequence[str]] = field(default_factory=dict)
    slips: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say a concept (说法): its text, its terms, and how far it is believed."""

    text: str
    terms: frozenset[str]
    belief: float
    mended: bool = False


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of a question (概念): the stretch and the ways to say it, the stretch itself first."""

    text: str
    alternatives: tuple[Alternative, ...]


def candidates(text: str) -> set[str]:
    """What may be a synonym in a question (候选词): every stretch of two and more characters, and single words."""
    found: set[str] = set()
    for run in runs(said(text)):
        if is_chinese(run):
            for start in range(len(run)):
                found.update(run[start : start + size] for size in range(2, _LONGEST_WORD + 1))
            found -= {word for word in found if len(word) < 2}
        else:
            found.add(run)
    return {word for word in found if word} | single_words(said(text))


def stretches(text: str) -> list[str]:
    """The runs of a question that a spelling or a slip may be looked up for (待查片段)."""
    return [run for run in runs(said(text)) if len(run) > 1]


def keys_of_slips(text: str) -> dict[str, list[str]]:
    """Keys of slips (错字键) of each stretch, with the stretch they belong to."""
    found: dict[str, list[str]] = {}
    for run in stretches(text):
        for key in slip_keys(run):
            found.setdefault(key, []).append(run)
    return found


def concepts(text: str, hints: Hints) -> list[Concept]:
    """The concepts of a question (拆分概念): the longest synonyms first, then what is left between them."""
    found: list[Concept] = []
    for run in runs(said(text)):
        found += _of_run(run, hints)
    kept = [concept for concept in found if not is_particle(concept.text)]
    return kept or found


def _of_run(run: str, hints: Hints) -> Iterator[Concept]:
    word = max(
        (known for known in hints.synonyms if known in run), key=lambda one: (len(one), one), default=""
    )
    if word:
        before, _, after = run.partition(word)
        if before:
            yield from _of_run(before, hints)
        yield _concept(word, hints.synonyms[word], SYNONYM)
        if after:
            yield from _of_run(after, hints)
    else:
        yield _concept(run, hints.spelt.get(run, ()), SPELT)


def _concept(text: str, others: Sequence[str], belief: float) -> Concept:
    ways = [Alternative(text, frozenset(asked(text)), 1.0)]
    for other in others[:MOST_ALTERNATIVES]:
        terms = frozenset(asked(other))
        if terms:
            ways.append(Alternative(other, terms, belief))
    if len(ways) == 1 and is_chinese(text) and len(text) > 1:
        # What people shorten (婚检 for 婚前医学检查) has the characters and not the pairs.
        ways.append(Alternative(text, frozenset(text), LOOSE))
    return Concept(text, tuple(ways))


def mended(found: Sequence[Concept], hints: Hints, counts: Mapping[str, int]) -> list[Concept]:
    """The concepts with what they may have been meant to be (纠错), where the index knows little of what was typed."""
    return [_mend(concept, hints, counts) for concept in found]


def _mend(concept: Concept, hints: Hints, counts: Mapping[str, int]) -> Concept:
    meant = hints.slips.get(concept.text, ())
    if not meant or any(way.text != concept.text for way in concept.alternatives):
        return concept
    terms = concept.alternatives[0].terms
    known = sum(1 for term in terms if counts.get(term))
    if known >= _KNOWN * len(terms):
        return concept
    more = tuple(
        Alternative(phrase, frozenset(asked(phrase)), MENDED, mended=True)
        for phrase in meant[:MOST_ALTERNATIVES]
    )
    return Concept(concept.text, (*concept.alternatives, *more))


def terms_of(found: Sequence[Concept]) -> set[str]:
    """Every term that any way of saying needs (全部词)."""
    return {term for concept in found for way in concept.alternatives for term in way.terms}


def terms_of_slips(hints: Hints) -> set[str]:
    """Terms of what may have been meant (纠错词)."""
    return {
        term
        for meant in hints.slips.values()
        for phrase in meant[:MOST_ALTERNATIVES]
        for term in asked(phrase)
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """One term as the database is asked for it (检索项). ``share``: what it adds where its weight is one."""

    concept: int
    way: int
    term: str
    share: float


def shares(found: Sequence[Concept], counts: Mapping[str, int], total: int) -> list[Asked]:
    """What each term of each way adds (词的份额): rare words count more, and a whole question comes to one."""
    rarity = {term: math.log(1 + total / max(counts.get(term, 0), 1)) for term in terms_of(found)}
    masses = [_mass(concept, rarity, len(found)) for concept in found]
    whole = sum(masses) or 1.0
    asked_for: list[Asked] = []
    for number, concept in enumerate(found):
        for way, alternative in enumerate(concept.alternatives):
            own = sum(rarity[term] for term in sorted(alternative.terms))
            for term in sorted(alternative.terms):
                if counts.get(term) and not (alternative.belief == LOOSE and counts[term] > _COMMON * total):
                    share = masses[number] / whole * alternative.belief * rarity[term] / own
                    asked_for.append(Asked(number, way, term, share))
    return _telling(asked_for, counts)


def _telling(asked_for: list[Asked], counts: Mapping[str, int]) -> list[Asked]:
    """The terms that tell most, as many as a question may cost; the first one whatever it costs."""
    kept: list[Asked] = []
    cost = 0
    for one in sorted(asked_for, key=lambda each: (-each.share, each.concept, each.way, each.term)):
        cost += counts[one.term]
        if kept and cost > MOST_POSTINGS:
            break
        kept.append(one)
    return kept


def _mass(concept: Concept, rarity: Mapping[str, float], many: int) -> float:
    """How much of the question a concept is: its size by how rare it is, as the way that leads somewhere says it.

    A word of every day that the catalogue never uses is not rare for that.
    """
    ways = [way for way in concept.alternatives if way.belief == SYNONYM]
    ways = ways[1:] or ways
    means = [sum(rarity[term] for term in sorted(way.terms)) / max(len(way.terms), 1) for way in ways]
    small = many > 1 and len(concept.text) == 1 and len(concept.alternatives) == 1
    return max(means) * len(concept.alternatives[0].terms) * (_SMALL if small else 1.0)


def score(text: Mapping[str, float], asked_for: Collection[Asked]) -> float:
    """How well a text answers (得分): the plain rule that the SQL is held against. ``text``: weight by term."""
    ways: dict[tuple[int, int], float] = {}
    for one in asked_for:
        if one.term in text:
            ways[one.concept, one.way] = ways.get((one.concept, one.way), 0.0) + one.share * text[one.term]
    best: dict[int, float] = {}
    for (number, _way), value in ways.items():
        best[number] = max(best.get(number, 0.0), value)
    return sum(best.values())


def told_mended(found: Sequence[Concept]) -> str | None:
    """What the question was read as where a slip was mended (纠正为), or None."""
    if not any(way.mended for concept in found for way in concept.alternatives):
        return None
    return " ".join(
        next((way.text for way in concept.alternatives if way.mended), concept.text) for concept in found
    )
