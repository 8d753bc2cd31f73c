"""What an edition changed of the one before it (版本差异呈现), element by element, in words. No request, no database."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from tongban.doors.web.templatetags.tongban import translated
from tongban.offers.catalogue.rules.elements import Row, differences
from tongban.offers.catalogue.rules.guide import Guide

_QUIET = frozenset({"key", "digest", "media_type", "size"})  # names for machines


def changes(before: Guide, after: Guide) -> list[dict[str, object]]:
    """Every element that differs (变化的要素): its term, what is gone and what is new."""
    return [_change(row, before, after) for row in differences(before, after)]


def _change(row: Row, before: Guide, after: Guide) -> dict[str, object]:
    old, new = [[translated(line) for line in side] for side in (row.left, row.right)]
    if old == new:  # the summary lines agree, so the difference lies in what they leave out
        old, new = (list(_said(getattr(guide, row.element, None))) for guide in (before, after))
    gone = [line for line in old if line not in new]
    come = [line for line in new if line not in old]
    reordered = not gone and not come
    return {
        "term": _(row.term),
        "gone": gone,
        "come": come,
        "note": _("次序或者内部设置有变化，文字没有变。") if reordered else "",
    }


def _said(value: object) -> Iterator[str]:
    """Every text and number of an element (全部文字), whatever its shape."""
    dumped = value.model_dump(mode="json") if hasattr(value, "model_dump") else value
    if isinstance(dumped, dict):
        for name, part in dumped.items():
            if name not in _QUIET:
                yield from _said(part)
    elif isinstance(dumped, list | tuple):
        for part in dumped:
            yield from _said(part)
    elif dumped not in (None, ""):
        yield str(dumped)
