"""Words of a text (分词): what the index keeps of it and what a question asks for.

Chinese has no spaces, so two ways are kept side by side: every pair of neighbouring characters, which misses nothing, and
the longer words of a dictionary, which stand for what is meant. Single characters are kept for questions of one character.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import rjieba
from pypinyin import Style, lazy_pinyin

LONGEST_TERM = 40  # characters; [O] nothing longer is anybody's word
LONGEST_QUESTION = 60  # characters of a question that are looked at; [O] our own number
_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(f"[{_CHINESE}]+|[^\\W_{_CHINESE}]+")
_IS_CHINESE = re.compile(f"[{_CHINESE}]+")
# What is said around a question and asks for nothing by itself; longer ones first.
_FILLERS = [
    "需要哪些材料",
    "要什么材料",
    "需要什么材料",
    "需要什么手续",
    "要什么手续",
    "要办什么证",
    "要办什么",
    "办什么证",
    "办什么手续",
    "怎么申请",
    "怎么办理",
    "怎么办",
    "怎样办理",
    "如何办理",
    "如何申请",
    "在哪里办",
    "在哪儿办",
    "在哪办",
    "去哪里办",
    "去哪儿办",
    "去哪办",
    "去哪里",
    "去哪儿",
    "哪里办",
    "哪里",
    "哪儿",
    "我想要",
    "我想",
    "我要",
    "我们",
    "我家",
    "自己家",
    "自家",
    "自己",
    "家里",
    "想要",
    "请问",
    "怎么",
    "怎样",
    "如何",
    "什么",
    "哪些",
    "需要",
    "多少钱",
    "多久",
    "可以",
    "能不能",
    "要不要",
    "一下",
    "一个",
    "一家",
    "一张",
    "手续",
    "流程",
    "材料",
    "办理",
]
_FILLER = re.compile("|".join(_FILLERS))
# Characters that mean little where they stand alone between other words.
_PARTICLES = frozenset(
    "的了吗呢啊吧呀么和与或及在把被给要想去来我你他她它们您个张家办搞弄做是有没不能会到这那"
)


def plain(text: str) -> str:
    """``text`` as words are compared (归一化): no broken characters, full-width letters as plain ones, small letters."""
    sound = text.encode(errors="ignore").decode().replace("\0", " ")
    return unicodedata.normalize("NFKC", sound).lower()


def runs(text: str) -> list[str]:
    """The unbroken stretches of a plain text (字段): of Chinese characters, or of letters and digits."""
    return [run[:200] for run in _RUNS.findall(text)]


def is_chinese(run: str) -> bool:
    """Whether a run is of Chinese characters (汉字)."""
    return _IS_CHINESE.fullmatch(run) is not None


@lru_cache(maxsize=4_096)
def _dictionary(run: str) -> tuple[str, ...]:
    return tuple(rjieba.cut_for_search(run, True))


def _pairs(run: str) -> Iterator[str]:
    return (run[at : at + 2] for at in range(len(run) - 1))


def indexed(text: str) -> set[str]:
    """What the index keeps of a text (入库词): pairs, single characters, dictionary words of three and more, other words."""
    found: set[str] = set()
    for run in runs(plain(text)):
        found |= asked(run)
        if is_chinese(run):
            found.update(run)
    return found


def asked(text: str) -> set[str]:
    """What a question asks for (所问词): as :func:`indexed`, without single characters that stand in a longer run."""
    found: set[str] = set()
    for run in runs(plain(text)):
        if not is_chinese(run):
            found.add(run[:LONGEST_TERM])
        elif len(run) == 1:
            found.add(run)
        else:
            found.update(_pairs(run))
            found.update(word for word in _dictionary(run) if 3 <= len(word) <= LONGEST_TERM)
    return found


def said(text: str) -> str:
    """A question without what is only said around it (去虚词); the question itself where nothing else is in it."""
    whole = plain(text)[:LONGEST_QUESTION]
    bare = _FILLER.sub(" ", whole)
    return bare if _RUNS.search(bare) else whole


def is_particle(run: str) -> bool:
    """Whether a run is one character that asks for nothing by itself (虚词)."""
    return len(run) == 1 and run in _PARTICLES


def single_words(text: str) -> set[str]:
    """The single characters that are words of their own in a text (单字词), as the dictionary cuts it."""
    return {word for run in runs(text) if is_chinese(run) for word in rjieba.cut(run, True) if len(word) == 1}


# --- phrases: what is suggested, and what a slip is mended by ------------------------------------------------------------

_LONGEST_KEY = 40
_MENDED = range(
    3, 9
)  # characters of phrases whose slips are mended; [O] two are too few to tell, more need no mending
_LONGEST_SPELT = 16  # letters of a spelling whose slips are mended; [O] our own number
SLIP = "~"  # begins the keys of slips, so that nobody types into them


def spellings(run: str) -> tuple[str, str, str]:
    """Pinyin whole, its initials and its first letters (拼音、声母、首字母), e.g. ``shebaoka``, ``shbk``, ``sbk``."""
    whole = lazy_pinyin(run)
    first = "".join(part[:1] for part in whole)
    initials = "".join(lazy_pinyin(run, style=Style.INITIALS, strict=False))
    return "".join(whole), initials, first


def without_one(word: str) -> set[str]:
    """``word`` with each of its characters left out in turn (缺一字), and as it is.

    Two words one slip apart (a character wrong, missing, too many, or two swapped) have one of these in common.
    """
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}


def one_slip_apart(one: str, other: str) -> bool:
    """Whether one character is wrong, missing, too many, or two neighbours are swapped (一字之差), and nothing else."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    at = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    rest, others = one[at:], other[at:]
    if len(one) != len(other):
        return rest[1:] == others or rest == others[1:]
    return rest[1:] == others[1:] or (rest[2:] == others[2:] and rest[:2] == others[1::-1])


def is_slip_of(run: str, phrase: str) -> bool:
    """Whether ``run`` is a phrase, or the spelling of one, with one slip in it (写错的词)."""
    meant = "".join(runs(plain(phrase)))
    return one_slip_apart(run, meant if is_chinese(run) else spellings(meant)[0])


def slip_keys(run: str) -> set[str]:
    """The keys under which a slip of ``run`` meets what was meant (错字键)."""
    if is_chinese(run):
        if len(run) not in _MENDED:
            return {SLIP + run} if len(run) == 2 else set()
    elif not (run.isascii() and run.isalpha() and 4 <= len(run) <= _LONGEST_SPELT):
        return set()
    return {SLIP + key for key in without_one(run)}


# Keys by which a phrase is found, each with how well it speaks for it; [O] our own numbers.
_WHOLE, _INSIDE, _SPELT, _SPELT_INSIDE, _SHORT = 1.0, 0.8, 0.9, 0.6, 0.7


def phrase_keys(phrase: str) -> dict[str, float]:
    """The keys of a phrase (提示键) with their ranks: from each of its characters, by the pinyin of each of its words, by slips."""
    found: dict[str, float] = {}

    def add(key: str, rank: float) -> None:
        if key:
            found[key[:_LONGEST_KEY]] = max(rank, found.get(key[:_LONGEST_KEY], 0.0))

    stretches = runs(plain(phrase))
    text = "".join(stretches)
    at, starts = 0, set()
    for run in stretches:
        words = _words(run) if is_chinese(run) else [run]
        starts |= {
            at + run.find(word) for word in (_dictionary(run) if is_chinese(run) else ()) if len(word) > 1
        }
        for word in words:
            starts.add(at)
            at += len(word)
    for start in range(len(text)):
        if start in starts or is_chinese(text[start]):
            add(text[start:], _INSIDE if start else _WHOLE)
    for start in sorted(starts):
        spelt, initials, first = spellings(text[start : start + _LONGEST_KEY])
        add(spelt, _SPELT_INSIDE if start else _SPELT)
        if not start:
            add(initials, _SHORT)
            add(first, _SHORT)
            for key in (*slip_keys(text), *(slip_keys(spelt) if is_chinese(text) else ())):
                add(key, 0.0)
    return found


def _words(run: str) -> list[str]:
    return list(rjieba.cut(run, True))


def typed(text: str) -> str:
    """What somebody has typed so far, as a beginning of keys (输入前缀)."""
    return "".join(runs(plain(text)))[:_LONGEST_KEY]
