"""Canonical form (规范化形式): one value, one sequence of bytes, so that a digest of it can be compared.

Source: RFC 8785 (JSON Canonicalization Scheme), a subset: objects, arrays, strings, integers, booleans and null. Sure:
within the subset the bytes are those of RFC 8785. Fractions are refused because their canonical spelling depends on
binary floating point: amounts are integers of the smallest unit or strings. Dates and identifiers are strings first.
"""

import hashlib
import json
from typing import Any, Final

LARGEST_INTEGER: Final = 2**53 - 1  # beyond it RFC 8785 would round like a double (RFC 7493)


def canonical(value: Any) -> bytes:
    """The canonical JSON of ``value`` in UTF-8 (规范化字节).

    ``TypeError`` for anything but dict with str keys, list, str, int, bool and None; ``ValueError`` for an integer beyond
    ±(2^53 - 1), a lone surrogate, or a value that contains itself or is nested beyond the interpreter's depth. Subclasses of str and int count by their value.
    """
    # First the encoder, in C: it stops at circles, which the walk below would follow for ever.
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        raise ValueError("a value nested this deeply has no canonical form") from None
    if _walk(value):
        text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def digest(value: Any) -> str:
    """SHA-256 over the canonical bytes of ``value``, 64 lower-case hex digits (摘要)."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _walk(value: Any) -> bool:
    """Refuse what JSON would coerce; tell whether a key lies beyond the BMP, where code points sort differently."""
    beyond_bmp = False
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if item is None or isinstance(item, str | bool):
            continue
        if isinstance(item, int):
            if not -LARGEST_INTEGER <= item <= LARGEST_INTEGER:
                raise ValueError("an integer beyond 2^53 - 1 has no canonical form; give it as a string")
        elif isinstance(item, dict):
            for key in item:
                if not isinstance(key, str):
                    raise TypeError(f"a key must be str, not {type(key).__name__}")
                if not key.isascii() and max(key) > "\uffff":
                    beyond_bmp = True
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        else:
            raise TypeError(f"{type(item).__name__} has no canonical form")
    return beyond_bmp


def _ordered(value: Any) -> Any:
    """``value`` with the keys of every object in the order of their UTF-16 code units."""
    if isinstance(value, dict):
        return {
            key: _ordered(value[key]) for key in sorted(value, key=lambda key: str.encode(key, "utf-16-be"))
        }
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    return value
