"""Texts and keys of a form (表单文字与键): what each may hold."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from tongban.standards import plaintext
from tongban.standards.canonical import LARGEST_INTEGER

LONGEST = 5000  # characters of any one text of a guide; [O] our own number


def _visible(text: str) -> str:
    """A text of a guide: nothing hidden in it that neither a page nor the database could take."""
    plaintext.clean(text, limit=2 * LONGEST, multiline=True)
    return text


Visible = AfterValidator(_visible)
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Visible]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST), Visible]
Bound = Annotated[int, Field(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)]
