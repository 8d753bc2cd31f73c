"""Conditions (条件): when a field, a page or a material is asked for. Every key's answer has to be one of its values."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from tongban.offers.catalogue.rules.form.texts import Bound, Key, Label


class Between(BaseModel):
    """Range of a whole number (数值范围), both ends included."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    minimum: Bound | None = None
    maximum: Bound | None = None

    @model_validator(mode="after")
    def _some_end_in_order(self) -> "Between":
        if self.minimum is None and self.maximum is None:
            raise ValueError("a range has a minimum or a maximum")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("the minimum is greater than the maximum")
        return self

    def within(self, wider: "Between") -> bool:
        """Whether every number of this range lies in ``wider`` (范围包含)."""
        return (wider.minimum is None or (self.minimum is not None and self.minimum >= wider.minimum)) and (
            wider.maximum is None or (self.maximum is not None and self.maximum <= wider.maximum)
        )


def _listed(test: object) -> object:
    """A single text, as guides wrote it at first, is a list of one."""
    return (test,) if isinstance(test, str) else test


Values = Annotated[tuple[Label, ...], Field(min_length=1, max_length=100)]
Test = Annotated[Values | Between, BeforeValidator(_listed)]
When = Annotated[dict[Key, Test], Field(max_length=10)]  # [O] more belongs into several questions


def holds(when: Mapping[str, Values | Between], answers: Mapping[str, object]) -> bool:
    """Whether a condition holds (条件成立) for these answers; without a condition always, on an open question never."""
    return all(_fits(test, answers.get(key)) for key, test in when.items())


def _fits(test: Values | Between, answer: object) -> bool:
    if isinstance(test, Between):
        if not isinstance(answer, int) or isinstance(answer, bool):
            return False
        low, high = test.minimum, test.maximum
        return (low is None or answer >= low) and (high is None or answer <= high)
    if isinstance(answer, list | tuple):
        return any(one in test for one in answer)
    return answer in test


def joined(
    one: Mapping[str, Values | Between], other: Mapping[str, Values | Between]
) -> dict[str, Values | Between]:
    """Both conditions in one (合并条件). Where both name a key, what is left of its values, perhaps nothing."""
    both = dict(one)
    for key, test in other.items():
        known = both.get(key)
        if known is None:
            both[key] = test
        elif isinstance(known, Between) and isinstance(test, Between):
            both[key] = Between.model_construct(
                minimum=_furthest(known.minimum, test.minimum, max),
                maximum=_furthest(known.maximum, test.maximum, min),
            )
        elif isinstance(known, tuple) and isinstance(test, tuple):
            both[key] = tuple(value for value in known if value in test)
        else:
            both[key] = ()
    return both


class _Pick(Protocol):
    def __call__(self, one: int, other: int, /) -> int: ...


def _furthest(one: int | None, other: int | None, pick: _Pick) -> int | None:
    return other if one is None else one if other is None else pick(one, other)


def impossible(when: Mapping[str, Values | Between]) -> list[str]:
    """Keys on which a condition can never hold (不可能成立的条件)."""
    return [key for key, test in when.items() if not _possible(test)]


def _possible(test: Values | Between) -> bool:
    if isinstance(test, Between):
        return test.minimum is None or test.maximum is None or test.minimum <= test.maximum
    return bool(test)


def narrows(local: Mapping[str, Values | Between], basic: Mapping[str, Values | Between]) -> bool:
    """Whether ``local`` holds only where ``basic`` does (条件收窄), whatever is answered."""
    return all(key in local and _inside(local[key], test) for key, test in basic.items())


def _inside(local: Values | Between, basic: Values | Between) -> bool:
    if isinstance(local, Between) and isinstance(basic, Between):
        return local.within(basic)
    return isinstance(local, tuple) and isinstance(basic, tuple) and set(local) <= set(basic)


def parts(when: Mapping[str, Values | Between]) -> Iterator[tuple[str, str]]:
    """A condition in plain signs (条件文字), key by key: for lists of violations and of differences."""
    for key, test in sorted(when.items()):
        if isinstance(test, Between):
            low = "" if test.minimum is None else f"{test.minimum} ≤ "
            high = "" if test.maximum is None else f" ≤ {test.maximum}"
            yield key, f"{low}{key}{high}"
        else:
            yield key, f"{key} = {' / '.join(test)}"


def told(when: Mapping[str, Values | Between]) -> str:
    """A whole condition in plain signs (条件文字)."""
    return "，".join(text for _key, text in parts(when))
