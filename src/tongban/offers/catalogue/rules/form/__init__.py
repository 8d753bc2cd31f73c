"""The form (申请表单) described by data: fields with labels, help, limits, conditions and sources; one check for every channel.

``texts`` <- ``conditions``, ``prefill`` <- ``fields`` <- ``sections`` <- ``answers`` | ``narrower`` | ``schema``.
"""

from tongban.offers.catalogue.rules.form.answers import Errors, check, check_form, field_of, fill
from tongban.offers.catalogue.rules.form.conditions import Between, When, holds
from tongban.offers.catalogue.rules.form.fields import (
    YUAN,
    Column,
    FieldRole,
    FieldSpec,
    FieldType,
    NamedCheck,
    Option,
)
from tongban.offers.catalogue.rules.form.schema import json_schema
from tongban.offers.catalogue.rules.form.sections import Form, Section, problems, refused
from tongban.offers.catalogue.rules.form.texts import Bound, Key, Label, Note, Visible

__all__ = [
    "YUAN",
    "Between",
    "Bound",
    "Column",
    "Errors",
    "FieldRole",
    "FieldSpec",
    "FieldType",
    "Form",
    "Key",
    "Label",
    "NamedCheck",
    "Note",
    "Option",
    "Section",
    "Visible",
    "When",
    "check",
    "check_form",
    "field_of",
    "fill",
    "holds",
    "json_schema",
    "problems",
    "refused",
]
