"""Hidden demands (隐藏的要求): words that ask an applicant for something where no element of the guide has it.

Materials, conditions and steps are held against the standard one by one (:mod:`narrowing`). What is left is free text: a
note that says 另附… asks for a material as well, without listing it. Source of the principle: 除办事指南明确的条件外，不得自行增加
办事要求. Which words ask for something is [O], our own list; whoever approves reads the sentence and decides.
"""

import re
from collections.abc import Iterator, Mapping

from tongban.offers.catalogue.rules.guide import Terms

# [O] Words by which published guides ask for more; each with what makes it a demand and not a mention.
ASKING = re.compile(
    r"另需|还需|另须|还须|另应|还应|需另|须另|另附|附上|附具|另行提[供交]|补充提[供交]|额外提[供交]|同时提[供交]"
    r"|[需须]要?提[供交]|应当?提[供交]|必须提[供交]|[需须]要?携带|必须携带|请携带|应携带|自备|加盖|盖章后|[需须]要?公证|[需须]要?先"
)
_SENTENCE = re.compile(r"[^。；;！!？?\n]+")
# Elements whose every entry is compared with the standard already, and texts that only editors read.
_COMPARED = ("name", "served", "basis", "conditions", "refusal_conditions", "joint_organs", "sources")
_INWARD = ("keywords", "themes", "life_events", "demonstration")
_KNOWN_BY = ("key", "name", "kind", "question", "label", "value")


def hidden_demands(standard: Terms, local: Terms) -> Iterator[tuple[str, str]]:
    """(path, sentence) of each sentence of ``local`` that asks for something and that ``standard`` does not say there (隐藏的要求)."""
    asking = [one for one in _texts(local) if ASKING.search(one[2])]
    known = {name: text for name, _path, text in _texts(standard)} if asking else {}
    for name, path, text in asking:
        for sentence in _SENTENCE.findall(text):
            if ASKING.search(sentence) and _plain(sentence) not in _plain(known.get(name, "")):
                yield path, sentence.strip()


def _plain(text: str) -> str:
    return "".join(text.split())


def _texts(terms: Terms) -> Iterator[tuple[str, str, str]]:
    """(name, path, text) of every free text: the name says the same of two guides whose entries stand in another order."""
    return _walk(terms.model_dump(mode="json", exclude={*_COMPARED, *_INWARD}), "", "")


def _walk(value: object, name: str, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, str):
        yield name, path, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _walk(part, f"{name}.{key}".lstrip("."), f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            known = _known(entry)
            keyed = path == "materials" and known  # the only entries that paths of a guide name by their key
            yield from _walk(entry, f"{name}[{known or place}]", f"{path}.{known if keyed else place}")


def _known(entry: object) -> str:
    """By what an entry is known: a material by its key, a step by its name."""
    if isinstance(entry, Mapping):
        return next((str(entry[key]) for key in _KNOWN_BY if entry.get(key)), "")
    return ""
