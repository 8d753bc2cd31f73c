"""The form (申请表单): its pages in order, and what of it is asked in a situation.

A condition looks only at what stands before it. So there are no circles, one pass in order tells what is asked, and nobody
is asked a question because of an answer that comes later.
"""

from collections.abc import Collection, Iterator, Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tongban.offers.catalogue.rules.form.conditions import Between, When, holds, impossible, joined
from tongban.offers.catalogue.rules.form.fields import FieldSpec, FieldType
from tongban.offers.catalogue.rules.form.texts import Key, Label, Note


class Section(BaseModel):
    """Section (表单分页): one subject, one page. ``when``: asked only then."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: Key
    title: Label
    intro: Note = ""
    when: When = Field(default_factory=dict)
    fields: tuple[FieldSpec, ...] = Field(min_length=1)


class Form(BaseModel):
    """Form (表单): its sections in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sections: tuple[Section, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _keys_once(self) -> "Form":
        keys = [field.key for section in self.sections for field in section.fields]
        if len(set(keys)) != len(keys):
            raise ValueError("two fields have the same key")
        if len({section.key for section in self.sections}) != len(self.sections):
            raise ValueError("two sections have the same key")
        return self

    @model_validator(mode="after")
    def _conditions_look_back(self) -> "Form":
        found = [*self._wrong_conditions()]
        if found:
            raise refused("Form", found)
        return self

    def _wrong_conditions(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        everything, before = self.by_key(), set[str]()
        for place, section in enumerate(self.sections):
            path: tuple[str | int, ...] = ("sections", place)
            for key, problem in problems(section.when, everything, before):
                yield (*path, "when", key), problem
            for number, field in enumerate(section.fields):
                inside = (*path, "fields", number, "when")
                for key, problem in problems(field.when, everything, before):
                    yield (*inside, key), problem
                for key in impossible(joined(section.when, field.when)):
                    yield (*inside, key), "never holds together with the condition of its section"
                before.add(field.key)

    def by_key(self) -> dict[str, FieldSpec]:
        """Fields by their key (按键取字段)."""
        return {field.key: field for section in self.sections for field in section.fields}

    def conditions(self) -> dict[str, When]:
        """The whole condition of each field (字段条件): its section's and its own."""
        return {
            field.key: joined(section.when, field.when)
            for section in self.sections
            for field in section.fields
        }

    def asked(self, answers: Mapping[str, object]) -> dict[str, FieldSpec]:
        """The fields that are asked in this situation (应填字段), in order. What is not asked answers nothing."""
        found: dict[str, FieldSpec] = {}
        known: dict[str, object] = {}
        for section in self.sections:
            if not holds(section.when, known):
                continue
            for field in section.fields:
                if holds(field.when, known):
                    found[field.key] = field
                    if field.key in answers:
                        known[field.key] = answers[field.key]
        return found

    def heard(self, answers: Mapping[str, object]) -> dict[str, object]:
        """Of these answers those that are asked for (应填内容); everything else is left out."""
        asked = self.asked(answers)
        return {key: value for key, value in answers.items() if key in asked}

    def may_hold(self, when: When, known: Mapping[str, object]) -> bool:
        """Whether a condition can still come true (可能成立) when only ``known`` has been answered."""
        conditions = self.conditions()
        return all(
            holds({key: test}, known) if key in known else self.may_hold(conditions[key], known)
            for key, test in when.items()
        )


def problems(
    when: When, fields: Mapping[str, FieldSpec], before: Collection[str] | None = None
) -> Iterator[tuple[str, str]]:
    """What is wrong with a condition (条件检查), by key: no such field, not before it, no such option, no number."""
    for key, test in when.items():
        field = fields.get(key)
        if field is None:
            yield key, f"depends on {key}, which the form does not ask"
        elif before is not None and key not in before:
            yield key, f"depends on {key}, which is not asked before it"
        elif isinstance(test, Between):
            if field.type is not FieldType.INTEGER:
                yield key, f"depends on a range of {key}, which is no whole number"
        else:
            options = {option.value for option in field.choices}
            for value in test:
                if value not in options:
                    yield key, f"depends on {key} = {value}, which is no option"


def refused(title: str, found: Collection[tuple[tuple[str | int, ...], str]]) -> ValidationError:
    """A refusal that names the place of each problem (逐处报错), for a validator that looks at the whole."""
    return ValidationError.from_exception_data(
        title,
        [
            {"type": "value_error", "loc": path, "input": None, "ctx": {"error": ValueError(problem)}}
            for path, problem in found
        ],
    )
