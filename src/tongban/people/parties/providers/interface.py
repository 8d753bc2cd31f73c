"""Interface of the sources (核验来源接口): what is asked of the legal-person and the population source. Never more than yes or no."""

from dataclasses import dataclass
from typing import Protocol

from tongban.people.parties.rules import Found


@dataclass(frozen=True, slots=True)
class Representation:
    """A claim about a legal person (法定代表人核验): its code and name, its legal representative's name and identity number."""

    credit_code: str
    name: str
    representative_name: str
    representative_number: str


@dataclass(frozen=True, slots=True)
class Parenthood:
    """A claim that somebody is a child's parent (亲子关系核验)."""

    parent_name: str
    parent_number: str
    child_name: str
    child_number: str


class Sources(Protocol):
    """The sources that know (核验来源)."""

    def represents(self, claim: Representation) -> Found:
        """Whether the legal person exists and this is its legal representative (法定代表人是否相符)."""
        ...

    def is_parent(self, claim: Parenthood) -> Found:
        """Whether this is a parent of this child (是否父母)."""
        ...
