"""The definition of a bundle (一件事目录): which items belong together, which of their questions ask the same, what is handed in once.

Source: 国务院《关于进一步优化政务服务提升行政效能推动“高效办成一件事”的指导意见》（国发〔2024〕3号）: one notice, one form, one set of
materials, one acceptance, one delivery. Which items a bundle has is the definition's; what each asks stays its own guide's.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from tongban.offers.catalogue.rules.form import Key, Note
from tongban.offers.catalogue.rules.guide import Element, Line, Text

BasicRef = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{12}([0-9]{2})?$")]
BundleCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
_MOST_ITEMS = 12  # [O] more belong into several bundles


class BundleItem(Element):
    """An item of a bundle (一件事事项): its basic code, and a short name for headings."""

    basic: BasicRef
    short: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]


class SharedFact(Element):
    """A fact that several items ask under names of their own (共用事实): asked once, as ``label`` where one is given."""

    fact: Key
    label: Note = ""
    help: Note = ""
    fields: dict[BasicRef, Key] = Field(min_length=2)


class SharedMaterial(Element):
    """A material that several items want under names of their own (共用材料): handed in once."""

    material: Key
    name: Note = ""
    materials: dict[BasicRef, Key] = Field(min_length=2)


class Handing(Element):
    """How the results are handed over (结果送达): the fact that asks it, and what each answer means; chosen once for all items."""

    fact: Key
    ways: dict[Line, Literal["online", "post", "counter"]] = Field(min_length=1)
    address: Key | None = None  # the fact that asks where to post it to


class Definition(Element):
    """A bundle as the catalogue defines it (一件事定义). Its items stand in the order in which their results are delivered.

    ``place``: the area in which it is offered. ``apart``: keys that several items use for different things, although label
    and type are the same; they are asked one by one.
    """

    code: BundleCode
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    purpose: Text
    place: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
    items: tuple[BundleItem, ...] = Field(min_length=2, max_length=_MOST_ITEMS)
    facts: tuple[SharedFact, ...] = ()
    materials: tuple[SharedMaterial, ...] = ()
    apart: tuple[Key, ...] = ()
    delivery: Handing | None = None
    keywords: tuple[Line, ...] = ()
    themes: tuple[Line, ...] = ()
    sources: tuple[Text, ...] = Field(min_length=1)
    demonstration: bool = False

    @model_validator(mode="after")
    def _items_once(self) -> "Definition":
        codes = [item.basic for item in self.items]
        if len(set(codes)) != len(codes):
            raise ValueError("an item stands twice")
        if len({item.short for item in self.items}) != len(codes):
            raise ValueError("two items have the same short name")
        return self

    @model_validator(mode="after")
    def _shared_once(self) -> "Definition":
        known = {item.basic for item in self.items}
        for what, named in (
            ("fact", [(one.fact, one.fields) for one in self.facts]),
            ("material", [(one.material, one.materials) for one in self.materials]),
        ):
            if len({key for key, _ in named}) != len(named):
                raise ValueError(f"a shared {what} stands twice")
            taken: set[tuple[str, str]] = set()
            for key, of in named:
                if strange := sorted(of.keys() - known):
                    raise ValueError(f"{what} {key} names {strange}, which are no items of the bundle")
                if twice := taken & set(of.items()):
                    raise ValueError(f"{what} {key} names {sorted(twice)}, which another one names already")
                taken |= set(of.items())
        return self
