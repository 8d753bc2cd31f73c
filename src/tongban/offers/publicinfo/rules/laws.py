"""How the text of a law is read, dated and compared (法规文本). Source of the structure: 立法法 (2023) article 65 (编、章、节、条).

Sure of chapters, sections and articles. Not told by a text alone, and therefore ours: which kind of law it is (``kind_of``),
and since when an amended wording is in force where the wording does not say (``in_force_from``).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from tongban.standards import plaintext
from tongban.standards.canonical import digest
from tongban.standards.citations import STATE, ArticleNumber
from tongban.standards.numerals import NUMERAL, from_chinese
from tongban.standards.text import msg

_ARTICLE: Final = re.compile(rf"第({NUMERAL})条(?:之({NUMERAL}))?(?:[ \u3000]+(.*))?", re.DOTALL)
_FROM: Final = re.compile(
    r"本(?:法|条例|规定|办法|决定)自([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日起(?:施行|实施)"
)
_AT_ONCE: Final = re.compile(r"本(?:法|条例|规定|办法|决定)自(?:公布|发布)之日起(?:施行|实施)")
_DIVISION: Final = re.compile(rf"第({NUMERAL})([编章节])[ \u3000]*(.*)")
_FILE: Final = re.compile(r"(.{2,100})\(([0-9]{4}-[0-9]{2}-[0-9]{2})\)", re.DOTALL)
_PLACE: Final = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:省|自治区|市|自治州|县)")
_SPACES: Final = re.compile("[ \u3000]+")
_END_OF_HISTORY: Final = "<!-- INFO END -->"
_AMENDED: Final = ("修正", "修订")

LONGEST_TITLE: Final = 100  # characters, as every limit here; [O] our own numbers, far above what is in use
LONGEST_TEXT: Final = 20_000
LONGEST_HISTORY: Final = 10_000
LARGEST_COMPARED: Final = 4_000_000  # characters of the one times those of the other


class LawKind(StrEnum):
    """Kind of a law (法规类别)."""

    LAW = "law"
    REGULATION = "regulation"
    LOCAL = "local"


LAW_KIND_LABELS = {
    LawKind.LAW: msg("法律"),
    LawKind.REGULATION: msg("行政法规"),
    LawKind.LOCAL: msg("地方性法规"),
}


class BadLaw(ValueError):  # noqa: N818 -- named as the importer speaks of it
    """A text that cannot be read as a law (法规文本有误): ``line`` from 1, and the reason in the importer's words."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class ArticleText:
    """Article (条文) with the chapter and the section that it stands in; its paragraphs are parted by line ends."""

    number: ArticleNumber
    chapter: str
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class LawText:
    """A law as a file tells it (法规文本): title, what was decided about it when, and its articles in order."""

    title: str
    history: str
    articles: tuple[ArticleText, ...]


def digest_of(law: LawText, dated: date) -> str:
    """Digest of a wording (法规文本摘要): over title, day, history and every article."""
    told = [
        {"label": a.number.label, "chapter": a.chapter, "section": a.section, "text": a.text}
        for a in law.articles
    ]
    return digest({"title": law.title, "dated": dated.isoformat(), "history": law.history, "articles": told})


def read_file_name(stem: str) -> tuple[str, date]:
    """(name, date of the text) of a file named ``行政许可法(2019-04-23)`` (文件名). Raises :class:`BadLaw`."""
    found = _FILE.fullmatch(stem)
    if found is None:
        raise BadLaw(1, "the file is not named title(YYYY-MM-DD).md")
    try:
        return found[1], date.fromisoformat(found[2])
    except ValueError:
        raise BadLaw(1, f"{found[2]} is no date") from None


def read_law(lines: Iterable[str]) -> LawText:
    """The law in ``lines`` (读法规): ``# title``, what happened to it, ``## chapter``, ``### section``, articles.

    Raises :class:`BadLaw` with the line for a text without title or articles, text before the first article, numbers that do not follow each other.
    """
    reader = _Reader()
    number = 0
    for number, line in enumerate(lines, 1):
        reader.take(number, _cleaned(number, line))
    return reader.finished(number or 1)


def _cleaned(number: int, line: str) -> str:
    try:
        return plaintext.clean(line.replace("\t", " "), limit=LONGEST_TEXT)
    except plaintext.BadText as error:
        raise BadLaw(number, str(error)) from error


class _Reader:
    """Takes one line after the other; what it holds back is the article that may still go on."""

    def __init__(self) -> None:
        self.title = self.book = self.chapter = self.section = ""
        self.history: list[str] = []
        self.articles: list[ArticleText] = []
        self.paragraphs: list[str] = []
        self.number: ArticleNumber | None = None
        self.line = 0
        self.began = False

    def take(self, number: int, line: str) -> None:
        if not line:
            return
        if not self.title:
            self.title = self._title(number, line)
        elif line == _END_OF_HISTORY:
            self.began = True
        elif line.startswith("#"):
            self._heading(number, line)
        elif found := _ARTICLE.fullmatch(line):
            self._article(number, found)
        elif self.number is not None:
            self.paragraphs.append(line)
        elif self.began:
            raise BadLaw(number, "text that belongs to no article")
        else:
            self.history.append(line)

    def _title(self, number: int, line: str) -> str:
        title = line.removeprefix("# ").strip()
        if not line.startswith("# ") or not title or len(title) > LONGEST_TITLE or "/" in title:
            raise BadLaw(
                number, f"the first line is not '# ' and a title of at most {LONGEST_TITLE} characters"
            )
        return title

    def _heading(self, number: int, line: str) -> None:
        self._close()
        self.began = True
        words = line.lstrip("#").strip()
        found = _DIVISION.fullmatch(words)
        if found is None:
            raise BadLaw(number, "a heading that is no 编, 章 or 节")
        try:
            from_chinese(found[1])
        except ValueError as error:
            raise BadLaw(number, str(error)) from error
        name = f"第{found[1]}{found[2]} {_SPACES.sub('', found[3])}".strip()
        if len(name) > LONGEST_TITLE:
            raise BadLaw(number, f"a heading of more than {LONGEST_TITLE} characters")
        if found[2] == "编":
            self.book, self.chapter, self.section = name, "", ""
        elif found[2] == "章":
            self.chapter, self.section = name, ""
        else:
            self.section = name

    def _article(self, line: int, found: re.Match[str]) -> None:
        self._close()
        self.began = True
        try:
            number = ArticleNumber(from_chinese(found[1]), from_chinese(found[2]) if found[2] else 0)
        except ValueError as error:
            raise BadLaw(line, str(error)) from error
        last = self.articles[-1].number if self.articles else ArticleNumber(0)
        after = {ArticleNumber(last.number + 1), ArticleNumber(last.number, last.inserted + 1)}
        if number not in after or not number.number:
            wanted = last.label if last.number else "the beginning"
            raise BadLaw(line, f"{number.label} does not follow {wanted}")
        self.number, self.line = number, line
        self.paragraphs = [found[3]] if found[3] else []

    def _close(self) -> None:
        if self.number is not None:
            chapter = " ".join(part for part in (self.book, self.chapter) if part)
            text = "\n".join(self.paragraphs)
            if not 0 < len(text) <= LONGEST_TEXT:
                raise BadLaw(
                    self.line, f"{self.number.label} has no text, or more than {LONGEST_TEXT} characters"
                )
            self.articles.append(ArticleText(self.number, chapter, self.section, text))
        self.number = None

    def finished(self, last_line: int) -> LawText:
        self._close()
        if not self.title:
            raise BadLaw(1, "the file is empty")
        if not self.articles:
            raise BadLaw(last_line, "no article was found")
        history = "\n".join(self.history)
        if len(history) > LONGEST_HISTORY:
            raise BadLaw(1, f"more than {LONGEST_HISTORY} characters before the first article")
        return LawText(self.title, history, tuple(self.articles))


def kind_of(law: LawText) -> LawKind:
    """What kind of law it is (法规类别), by its name and by who passed it: a local people's congress, or else by its end."""
    place = None if law.title.startswith(STATE) else _PLACE.match(law.title)
    if place is not None and (not law.history or f"{place[0]}" in law.history):
        return LawKind.LOCAL
    return LawKind.LAW if law.title.endswith("法") else LawKind.REGULATION


def in_force_from(law: LawText, dated: date) -> tuple[date, bool]:
    """(first day in force, whether the text says so) (施行日期) of the wording dated ``dated``.

    The last articles name the day on which the law first came into force. An amended wording mostly keeps that sentence,
    so of an amended one a day before ``dated``, or 自公布之日起, says nothing: then the day of the wording itself counts.
    """
    amended = any(word in law.history for word in _AMENDED)
    for article in reversed(law.articles):
        if _AT_ONCE.search(article.text):
            return dated, not amended
        found = _FROM.search(article.text)
        if found is not None:
            try:
                said = date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                continue
            return (said, True) if said >= dated else (dated, False)
    return dated, False


class ChangeKind(StrEnum):
    """What became of an article (条文变化)."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # the same words under another number


CHANGE_LABELS = {
    ChangeKind.ADDED: msg("新增"),
    ChangeKind.REMOVED: msg("删去"),
    ChangeKind.CHANGED: msg("有修改"),
    ChangeKind.MOVED: msg("条号变了"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One article in two wordings (条文对照); what is not there is None."""

    kind: ChangeKind
    old: ArticleText | None
    new: ArticleText | None


def compare(old: Sequence[ArticleText], new: Sequence[ArticleText]) -> tuple[Change, ...]:
    """What differs between two wordings (逐条对照), in the order of the newer one; equal articles are left out.

    Articles are laid side by side by their words, so that one inserted article does not make all that follow it differ.
    """
    matcher = SequenceMatcher(None, [a.text for a in old], [a.text for a in new], autojunk=False)
    found: list[Change] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pairs = zip(old[a:b], new[c:d], strict=True)
            found += [Change(ChangeKind.MOVED, x, y) for x, y in pairs if x.number != y.number]
        else:
            found += _replaced(old[a:b], new[c:d])
    return tuple(found)


def _replaced(old: Sequence[ArticleText], new: Sequence[ArticleText]) -> Iterator[Change]:
    """As many as there were: each became the next. Otherwise only equal numbers belong together."""
    if len(old) == len(new):
        for before, after in zip(old, new, strict=True):
            yield Change(ChangeKind.CHANGED, before, after)
        return
    numbered = {article.number: article for article in old}
    kept = {article.number for article in new} & set(numbered)
    for article in old:
        if article.number not in kept:
            yield Change(ChangeKind.REMOVED, article, None)
    for article in new:
        same = numbered.get(article.number)
        yield Change(ChangeKind.CHANGED if same else ChangeKind.ADDED, same, article)


class Fate(StrEnum):
    """What became of a piece of text (文字变化)."""

    KEPT = "kept"
    CUT = "cut"
    PUT = "put"


def pieces(old: str, new: str) -> tuple[tuple[Fate, str], ...]:
    """``old`` and ``new`` as one text of kept, cut and put pieces (文字对照): without the put ones it is old, without the cut ones new."""
    if (
        len(old) * len(new) > LARGEST_COMPARED
    ):  # nobody reads it, and laying it side by side would take seconds
        return (Fate.CUT, old), (Fate.PUT, new)
    found: list[tuple[Fate, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append((Fate.KEPT, old[a:b]))
            continue
        if a < b:
            found.append((Fate.CUT, old[a:b]))
        if c < d:
            found.append((Fate.PUT, new[c:d]))
    return tuple(found)
