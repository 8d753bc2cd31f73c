"""The forms and materials of several items in one (合并表单与材料): each fact is asked once, each material handed in once.

Fields ask the same fact where the definition says so, or where key, label and type are the same. What cannot be asked as one
(other options, limits that leave nothing, other conditions) is told as a problem and asked apart: a bundle whose items
changed since it was defined asks more than it should, and never something else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tongban.offers.catalogue.rules.bundles.definition import Definition
from tongban.offers.catalogue.rules.form import FieldSpec, FieldType, Form, Section, When
from tongban.offers.catalogue.rules.form.conditions import impossible, joined
from tongban.offers.catalogue.rules.guide import Material, Requirement, Terms

_LONGEST_KEY = 40
Place = tuple[int, str]  # (place of the item in the bundle, key in its guide)


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be merged (不能合并之处). ``where``: path in the definition, ``why``: in plain English, for the importer."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the merged form (合并字段). ``asked``: item -> its own key."""

    key: str
    spec: FieldSpec
    asked: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Paper:
    """A material of the bundle (合并材料). ``wanted``: item -> its own key."""

    key: str
    material: Material
    wanted: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Merged:
    """Several items asked as one (合并结果). ``askers``: section -> the items that it asks for; shared ones have several."""

    form: Form
    facts: Mapping[str, Fact]
    papers: Mapping[str, Paper]
    askers: Mapping[str, tuple[int, ...]]
    guides: tuple[Terms, ...]
    problems: tuple[Problem, ...]

    def gather(self, forms: Sequence[Mapping[str, object]]) -> dict[str, object]:
        """The answers of the merged form (汇总填写), from those of the items in order."""
        found: dict[str, object] = {}
        for fact in self.facts.values():
            for place, key in fact.asked.items():
                if key in forms[place]:
                    found[fact.key] = forms[place][key]
                    break
        return found

    def split(self, answers: Mapping[str, object]) -> list[dict[str, object]]:
        """One answer to each item that asks it (分发填写)."""
        found: list[dict[str, object]] = [{} for _ in self.guides]
        for key, value in answers.items():
            for place, own in self.facts[key].asked.items() if key in self.facts else ():
                found[place][own] = value
        return found

    def fact_of(self, place: int, key: str) -> str | None:
        """The fact that a field of an item asks (所属事实), or None where the item has no such field."""
        return next((fact.key for fact in self.facts.values() if fact.asked.get(place) == key), None)

    def paper_of(self, place: int, key: str) -> str | None:
        """The bundle's material that a demand of an item is (所属材料), or None."""
        return next((paper.key for paper in self.papers.values() if paper.wanted.get(place) == key), None)

    def papers_for(self, forms: Sequence[Mapping[str, object]]) -> tuple[Paper, ...]:
        """The materials that these answers call for (应交材料), each with the items that want it now."""
        wanting = [
            {material.key: material for material in guide.materials_for(form)}
            for guide, form in zip(self.guides, forms, strict=True)
        ]
        found: list[Paper] = []
        for paper in self.papers.values():
            now = {place: key for place, key in paper.wanted.items() if key in wanting[place]}
            if now:
                need = min((wanting[place][key].requirement for place, key in now.items()), key=_NEED.index)
                material = paper.material.model_copy(update={"requirement": need})
                found.append(replace(paper, material=material, wanted=now))
        return tuple(found)


_NEED = [Requirement.REQUIRED, Requirement.LATER, Requirement.OPTIONAL]


def merge(definition: Definition, guides: Sequence[Terms]) -> Merged:
    """The items' forms and materials in one (合并), ``guides`` in the order of the definition's items."""
    whens = [_situations(guide.form) for guide in guides]
    found, problems = _groups(
        definition,
        "facts",
        [(one.fact, one.fields) for one in definition.facts],
        [
            {key: (spec.label, spec.type) for key, spec in guide.form.by_key().items() if key in of.whens}
            for guide, of in zip(guides, whens, strict=True)
        ],
    )
    facts: dict[str, Fact] = {}
    while True:
        facts, wrong = _facts(definition, guides, found, whens)
        if not wrong:
            break
        problems += [Problem(_where(definition, name), why) for name, why in wrong.items()]
        found = _split_up(found, wrong)
    papers, of_papers = _papers(definition, guides)
    sections, askers = _sections(definition, guides, facts)
    return Merged(
        form=Form(sections=sections),
        facts={spec.key: facts[spec.key] for section in sections for spec in section.fields},
        papers=papers,
        askers=askers,
        guides=tuple(guides),
        problems=(*problems, *of_papers, *_of_delivery(definition, facts)),
    )


# --- what asks the same ------------------------------------------------------------------------------------------------


def _groups(
    definition: Definition,
    what: str,
    declared: Sequence[tuple[str, Mapping[str, str]]],
    keys: Sequence[Mapping[str, tuple[str, str]]],
) -> tuple[dict[str, list[Place]], list[Problem]]:
    """What belongs together, by a name of its own: what is declared, then the same key with the same meaning, then the rest."""
    place_of = {item.basic: place for place, item in enumerate(definition.items)}
    shared: dict[Place, str] = {}
    problems: list[Problem] = []
    for number, (name, of) in enumerate(declared):
        for basic, key in of.items():
            if key in keys[place_of[basic]]:
                shared[place_of[basic], key] = name
            else:
                where = f"$.{what}[{number}]"
                problems.append(Problem(where, f"the item {basic} has no {key!r} among its {what}"))
    found: dict[str, list[Place]] = {name: [] for name, _ in declared}
    meaning: dict[str, tuple[str, str]] = {}
    for place, of_item in enumerate(keys):
        for key, means in of_item.items():
            named = shared.get((place, key))
            if named is None and key not in definition.apart and meaning.get(key) == means:
                named = key
            if named is None:
                named = _free(key, found)
                if named == key:
                    meaning[key] = means
            found.setdefault(named, []).append((place, key))
    return {name: group for name, group in found.items() if group}, problems


def _free(key: str, taken: Mapping[str, object]) -> str:
    """``key``, or the next name like it that nothing bears yet."""
    name, number = key, 2
    while name in taken:
        ending = f"_{number}"
        name, number = key[: _LONGEST_KEY - len(ending)] + ending, number + 1
    return name


def _split_up(found: Mapping[str, list[Place]], wrong: Mapping[str, str]) -> dict[str, list[Place]]:
    """Groups that cannot be one, taken apart."""
    apart: dict[str, list[Place]] = {name: group for name, group in found.items() if name not in wrong}
    for name in wrong:
        for place, key in found[name]:
            apart[_free(key, apart)] = [(place, key)]
    return apart


def _where(definition: Definition, name: str) -> str:
    number = next((n for n, fact in enumerate(definition.facts) if fact.fact == name), None)
    return f"$.facts ({name})" if number is None else f"$.facts[{number}]"


# --- one question out of several ---------------------------------------------------------------------------------------


class _Unlike(Exception):  # noqa: N818 -- a way out of the comparison, told as a problem
    """Fields that cannot be asked as one."""


@dataclass(frozen=True, slots=True)
class _Situations:
    """In which situation each field is asked (提问情形). ``rigid``: fields that must not be asked in wider ones."""

    whens: Mapping[str, When]
    rigid: frozenset[str]


def _situations(form: Form) -> _Situations:
    """The situation of each field: its condition, and those of what it depends on. What can never be asked is left out.

    In one form the conditions of what is named need not be repeated; in the merged one they must be, for what is named may be
    asked there because of another item. Of several choices, "one of these and one of those" cannot be written as one
    condition: then the field keeps its own, and what it depends on must not be asked more widely.
    """
    fields, found, rigid = form.by_key(), dict[str, When](), set[str]()
    for key, when in form.conditions().items():
        if not when.keys() <= found.keys():
            continue
        whole = when
        for named in when:
            clash = [k for k, test in found[named].items() if k in whole and whole[k] != test]
            if any(fields[k].type is FieldType.MULTIPLE for k in clash):
                whole = when
                rigid |= when.keys()
                break
            whole = joined(whole, found[named])
        if not impossible(whole):
            found[key] = whole
    return _Situations(found, frozenset(rigid))


def _facts(
    definition: Definition,
    guides: Sequence[Terms],
    found: Mapping[str, list[Place]],
    whens: Sequence[_Situations],
) -> tuple[dict[str, Fact], dict[str, str]]:
    """The facts, each with one question, and what cannot be one."""
    labels = {fact.fact: fact for fact in definition.facts}
    names = {one: name for name, group in found.items() for one in group}
    facts: dict[str, Fact] = {}
    wrong: dict[str, str] = {}
    for name, group in found.items():
        specs = [guides[place].form.by_key()[key] for place, key in group]
        try:
            if len({place for place, _ in group}) != len(group):
                raise _Unlike("one item asks it twice")
            spec = _one(specs)
            when = _when([_renamed(whens[place].whens[key], place, names) for place, key in group])
            if not when and any(
                key in whens[place].rigid and whens[place].whens[key] for place, key in group
            ):
                raise _Unlike("what depends on it cannot tell the situations apart")
        except _Unlike as unlike:
            wrong[name] = f"{', '.join(key for _, key in group)} cannot be asked as one: {unlike}"
            continue
        told = labels.get(name)
        update: dict[str, object] = {"key": name, "when": when}
        if told is not None:
            update |= {"label": told.label or spec.label, "help": told.help or spec.help}
        facts[name] = Fact(name, spec.model_copy(update=update), dict(group))
    return facts, wrong


def _renamed(when: When, place: int, names: Mapping[Place, str]) -> When:
    return {names[place, key]: test for key, test in when.items()}


def _when(whens: Sequence[When]) -> When:
    """When the one question is asked: always, if one item asks always; else the items must ask it in the same situation."""
    if not all(whens):
        return {}
    if any(when != whens[0] for when in whens):
        raise _Unlike("they are asked in different situations")
    return whens[0]


def _one(specs: Sequence[FieldSpec]) -> FieldSpec:
    """One question with the narrowest limits of all."""
    first = specs[0]
    if len(specs) == 1:
        return first
    for name in ("type", "unit", "options", "codes", "place_level", "columns"):
        if any(getattr(spec, name) != getattr(first, name) for spec in specs):
            raise _Unlike(f"{name} differs")
    checks = {spec.check for spec in specs if spec.check is not None}
    if len(checks) > 1:
        raise _Unlike("check differs")
    fixed = [spec for spec in specs if spec.fixed]
    if fixed and (len(fixed) < len(specs) or len({spec.prefill for spec in specs}) > 1):
        raise _Unlike("the platform gives it for one item and not for the other, or from another source")
    minimum, maximum = _narrowest(specs, "minimum", max), _narrowest(specs, "maximum", min)
    if minimum is not None and maximum is not None and minimum > maximum:
        raise _Unlike("the limits leave nothing")
    least, most = max(spec.least_rows for spec in specs), min(spec.most_rows for spec in specs)
    if first.columns and least > most:
        raise _Unlike("the limits leave nothing")
    return first.model_copy(
        update={
            "required": any(spec.required for spec in specs),
            "max_length": min(spec.max_length for spec in specs),
            "minimum": minimum,
            "maximum": maximum,
            "check": next(iter(checks), None),
            "help": next((spec.help for spec in specs if spec.help), ""),
            "autocomplete": next((spec.autocomplete for spec in specs if spec.autocomplete), ""),
            "prefill": next((spec.prefill for spec in specs if spec.prefill), None),
            **({"min_rows": least, "max_rows": most} if first.columns else {}),
        }
    )


def _narrowest(specs: Sequence[FieldSpec], name: str, pick: Callable[..., int]) -> int | None:
    given = [limit for spec in specs if (limit := getattr(spec, name)) is not None]
    return pick(given) if given else None


# --- pages -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Page:
    """A page in the making (待排分页). ``ends``: it stands at the end of an item's form."""

    section: Section
    specs: list[FieldSpec]
    ends: bool = False


def _sections(
    definition: Definition, guides: Sequence[Terms], facts: Mapping[str, Fact]
) -> tuple[tuple[Section, ...], dict[str, tuple[int, ...]]]:
    """What several items ask first, then what each asks by itself; at the end what they ask at their own end (送达).

    A shared fact's condition names shared facts only, and in the order of the items that first ask them each stands after
    what it depends on; so every condition still looks back.
    """
    of_place = {(place, key): fact for fact in facts.values() for place, key in fact.asked.items()}
    shared: list[_Page] = []
    own: list[_Page] = []
    placed: set[str] = set()
    for place, guide in enumerate(guides):
        for number, section in enumerate(guide.form.sections, 1):
            title = f"{definition.items[place].short} · {section.title}"
            alone = _Page(section.model_copy(update={"title": title}), [])
            for field in section.fields:
                fact = of_place.get((place, field.key))
                if fact is None or fact.key in placed:
                    continue
                placed.add(fact.key)
                if len(fact.asked) == 1:
                    alone.specs.append(fact.spec)
                else:
                    page = _page_for(fact.spec, section, shared)
                    page.ends = page.ends or 1 < number == len(guide.form.sections)
            if alone.specs:
                own.append(alone)
    return _numbered(_in_order(shared, own), facts)


def _page_for(spec: FieldSpec, section: Section, pages: list[_Page]) -> _Page:
    """Put a shared fact on the page of its subject, where all that it depends on stands there or before; else on a new one."""
    at = {one.key: number for number, page in enumerate(pages) for one in page.specs}
    found = next((n for n, page in enumerate(pages) if page.section.title == section.title), None)
    if found is None or any(at[key] > found for key in spec.when):
        pages.append(_Page(section, [spec]))
        return pages[-1]
    pages[found].specs.append(spec)
    return pages[found]


def _in_order(shared: Sequence[_Page], own: Sequence[_Page]) -> list[_Page]:
    """Shared pages first; those from the end of the items' forms last, unless something else depends on them."""
    pages = [*shared, *own]
    last = []
    for page in shared:
        here = {spec.key for spec in page.specs}
        needed = {key for other in pages if other is not page for spec in other.specs for key in spec.when}
        if page.ends and not here & needed:
            last.append(page)
    return [page for page in pages if page not in last] + last


def _askers(specs: Sequence[FieldSpec], facts: Mapping[str, Fact]) -> tuple[int, ...]:
    return tuple(sorted({place for spec in specs for place in facts[spec.key].asked}))


def _numbered(
    found: Sequence[_Page], facts: Mapping[str, Fact]
) -> tuple[tuple[Section, ...], dict[str, tuple[int, ...]]]:
    """The sections under keys of their own. A condition that all fields of a section have becomes the section's."""
    sections: dict[str, Section] = {}
    askers: dict[str, tuple[int, ...]] = {}
    for page in found:
        section, specs, of = page.section, page.specs, _askers(page.specs, facts)
        key = _free(section.key, sections)
        common = dict(specs[0].when)
        here = {spec.key for spec in specs}
        for spec in specs[1:]:
            common = {name: test for name, test in common.items() if spec.when.get(name) == test}
        common = {name: test for name, test in common.items() if name not in here}
        fields = tuple(
            spec.model_copy(update={"when": {n: t for n, t in spec.when.items() if n not in common}})
            for spec in specs
        )
        intro = section.intro if len(of) == 1 else ""
        sections[key] = Section(key=key, title=section.title, intro=intro, when=common, fields=fields)
        askers[key] = of
    return tuple(sections.values()), askers


# --- materials ---------------------------------------------------------------------------------------------------------


def _papers(definition: Definition, guides: Sequence[Terms]) -> tuple[dict[str, Paper], list[Problem]]:
    """The materials, each once."""
    of = [{material.key: material for material in guide.materials} for guide in guides]
    found, problems = _groups(
        definition,
        "materials",
        [(one.material, one.materials) for one in definition.materials],
        [{key: (material.name, "") for key, material in items.items()} for items in of],
    )
    twice = {
        name: "one item wants it twice"
        for name, group in found.items()
        if len({place for place, _ in group}) != len(group)
    }
    problems += [Problem(f"$.materials ({name})", why) for name, why in twice.items()]
    found = _split_up(found, twice) if twice else found
    names = {one.material: one.name for one in definition.materials}
    papers = {}
    for name, group in found.items():
        material = _one_paper([of[place][key] for place, key in group])
        update = {"key": name, "name": names.get(name) or material.name}
        papers[name] = Paper(name, material.model_copy(update=update), dict(group))
    return papers, problems


def _one_paper(materials: Sequence[Material]) -> Material:
    """One material that serves all: the original where one wants it, what all of them look for, the strongest need."""
    first = materials[0]
    if len(materials) == 1:
        return first
    licences = {material.licence for material in materials}
    return first.model_copy(
        update={
            "original": "original" if any(one.original == "original" for one in materials) else "copy",
            "copies": max(one.copies for one in materials),
            "requirement": min((one.requirement for one in materials), key=_NEED.index),
            "notes": "\n".join(dict.fromkeys(one.notes for one in materials if one.notes)),
            "review_points": tuple(dict.fromkeys(point for one in materials for point in one.review_points)),
            "when": {},
            "licence": first.licence if len(licences) == 1 else None,
        }
    )


# --- delivery ----------------------------------------------------------------------------------------------------------


def _of_delivery(definition: Definition, facts: Mapping[str, Fact]) -> Iterator[Problem]:
    """What is wrong with how the results are handed over: no such fact, or an answer whose meaning is not told."""
    handing = definition.delivery
    if handing is None:
        return
    fact = facts.get(handing.fact)
    if fact is None:
        yield Problem("$.delivery.fact", f"the bundle asks no {handing.fact!r}")
        return
    options = {option.value for option in fact.spec.choices}
    if options != set(handing.ways):
        yield Problem("$.delivery.ways", f"the answers are {sorted(options)}")
    if ("post" in handing.ways.values()) != (handing.address is not None):
        yield Problem(
            "$.delivery.address", "delivery by post, and nothing else, names the fact that asks where to"
        )
    elif handing.address is not None and handing.address not in facts:
        yield Problem("$.delivery.address", f"the bundle asks no {handing.address!r}")
