"""Message catalogue (文案目录): gathers what the interface says and brings the English catalogue up to date.

Chinese is the msgid. It is found in the templates of the doors ({% translate %}, {% blocktranslate %}), in their
Python (``gettext``, ``_``, ``ngettext``) and wherever ``tongban.standards.text.msg`` marks a text. Translations that
are there are kept, what is no longer said is dropped, what is new waits with an empty msgstr. GNU gettext is not needed.

``python scripts/messages.py`` writes the catalogue and lists what has no translation; ``--check`` writes nothing and
fails where the catalogue lacks a message, keeps one that is gone, or leaves one untranslated.
"""

import argparse
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
TREE = ROOT / "src" / "tongban"
CATALOGUE = TREE / "doors" / "web" / "locale" / "en" / "LC_MESSAGES" / "django.po"

KEYWORDS: dict[str, tuple[int, ...] | None] = {"gettext": None, "_": None, "ngettext": (1, 2), "msg": None}

# Written by hand: a header with times would make two runs over one tree differ.
HEADER = """\
# English texts of the interface (英文界面). The msgid is the Chinese text; `make messages` gathers them.
# Voice: short, direct, "you". One word for one idea: see GLOSSARY.md.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""

Text = str | tuple[str, str]


def spoken(tree: Path = TREE) -> Iterator[tuple[str, Text]]:
    """(path below ``tree``, text) of every marked text (文案出处); a text with a plural is a pair."""
    for path in sorted([*tree.rglob("*.py"), *tree.glob("doors/**/templates/**/*.html")]):
        name = path.relative_to(tree).as_posix()
        if "/tests/" in name or "/migrations/" in name:
            continue
        text = path.read_text(encoding="utf-8")
        for found in said_in(text if path.suffix == ".py" else as_python(text)):
            yield name, found


def said_in(python: str) -> Iterator[Text]:
    """The marked texts of one source (源码文案). A text that is not a literal is nobody's to translate."""
    calls = extract_python(io.BytesIO(python.encode()), list(KEYWORDS), [], {"encoding": "utf-8"})
    for _line, keyword, arguments, _comments in calls:
        given = arguments if isinstance(arguments, tuple) else (arguments,)
        if keyword == "ngettext" and len(given) > 1 and given[0] and given[1]:
            yield given[0], given[1]
        elif keyword != "ngettext" and given and given[0]:
            yield given[0]


def as_python(template: str) -> str:
    """A template as calls of gettext (模板转调用); without indentation, which would mean something to Python."""
    return "\n".join(line.lstrip() for line in templatize(template).splitlines())


def read_catalogue(path: Path = CATALOGUE) -> Catalog:
    """The catalogue as it is (现有目录); an empty one where there is none."""
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as given:
        return read_po(given, locale="en")


def gathered(known: Catalog) -> Catalog:
    """What is said now (最新目录), each text with the translation that ``known`` has for it."""
    fresh = Catalog(locale="en")
    for name, text in spoken():
        kept = known.get(text[0] if isinstance(text, tuple) else text)
        # Without line numbers: moving a line is no change of what is said.
        fresh.add(text, kept.string if kept and kept.id == text else None, locations=[(name, 0)])
    return fresh


def untranslated(catalogue: Catalog) -> list[str]:
    """The texts without a translation (未译)."""
    return [key_of(message) for message in catalogue if message.id and not _whole(message)]


def key_of(message: Message) -> str:
    """The Chinese text of a message (文案键), its singular where it has two."""
    return message.id[0] if isinstance(message.id, tuple | list) else str(message.id)


def written(catalogue: Catalog) -> bytes:
    """The catalogue as the file that translators edit (目录文件)."""
    body = io.BytesIO()
    write_po(body, catalogue, width=100, omit_header=True, include_lineno=False)
    return HEADER.encode() + body.getvalue()


def differences(known: Catalog, fresh: Catalog) -> list[str]:
    """Where the catalogue and the sources disagree (差异), a line each."""
    old = {key_of(message) for message in known if message.id}
    new = {key_of(message) for message in fresh if message.id}
    return [
        *(f"not in the catalogue: {text}" for text in sorted(new - old)),
        *(f"no longer said: {text}" for text in sorted(old - new)),
        *(f"not translated: {text}" for text in untranslated(fresh) if text in old),
    ]


def main(arguments: Sequence[str] | None = None, path: Path = CATALOGUE) -> int:
    """Write or check the catalogue (更新或检查文案目录); 1 where something is left to do."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument(
        "--check", action="store_true", help="write nothing; fail where the catalogue is behind"
    )
    known = read_catalogue(path)
    fresh = gathered(known)
    found = differences(known, fresh)
    if not reader.parse_args(arguments).check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(fresh))
        found = [f"not translated: {text}" for text in untranslated(fresh)]
    for line in found:
        print(line.replace("\n", "\\n"))
    print(f"{sum(1 for message in fresh if message.id)} messages, {len(found)} to look at")
    return 1 if found else 0


def _whole(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


if __name__ == "__main__":
    sys.exit(main())
