"""What can be asked (地址): every address of a door with its methods, read from the door itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RegexPattern

WEB_METHODS = ("GET", "POST")


@dataclass(frozen=True, slots=True)
class Address:
    """An address (地址): its pattern with ``{names}``, the names, and a method."""

    method: str
    pattern: str
    body: Any = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(re.findall(r"\{(\w+)\}", self.pattern))


def _plain(route: str, *, regular: bool) -> str:
    if not regular:
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
    route = re.sub(
        r"\(\?P<(\w+)>(?:\[[^\]]*\]|\([^()]*\)|[^()\[\]])*\)", r"{\1}", route.lstrip("^").rstrip("$")
    )
    return route.replace("\\", "")


def _patterns(found: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for one in found:
        regular = isinstance(one.pattern, RegexPattern)
        here = before + _plain(str(one.pattern), regular=regular)
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, here)
        else:
            yield f"/{here}"


def of_pages(door: str) -> list[Address]:
    """Addresses of a door with pages (网页地址), each once, with every method that a browser's form has."""
    patterns = dict.fromkeys(_patterns(import_module(f"config.urls_{door}").urlpatterns))
    return [Address(method, pattern) for pattern in patterns for method in WEB_METHODS]


def of_programs() -> list[Address]:
    """Addresses of the API (接口地址) as its own OpenAPI document lists them, with a body that its schema allows."""
    from tongban.doors.api.api import api

    document = api.get_openapi_schema()
    found = []
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            content = said.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            body = None if schema is None else _sample(schema, document["components"]["schemas"])
            found.append(Address(method.upper(), path, body))
    nameless = {re.sub(r"\{\w+\}", "{}", address.pattern) for address in found}
    patterns = dict.fromkeys(_patterns(import_module("config.urls_api").urlpatterns))
    outside = [pattern for pattern in patterns if re.sub(r"\{\w+\}", "{}", pattern) not in nameless]
    return found + [Address(method, pattern) for pattern in outside for method in WEB_METHODS]


def _sample(schema: Any, known: dict[str, Any], depth: int = 0) -> Any:
    """The smallest value that a schema allows (最小样例): what is required and nothing else."""
    if "$ref" in schema:
        return _sample(known[schema["$ref"].rpartition("/")[2]], known, depth + 1)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _sample(schema[several][0], known, depth + 1)
    if "const" in schema or "enum" in schema or "default" in schema:
        return schema.get("const", schema.get("enum", [schema.get("default")])[0])
    kind = schema.get("type")
    if kind == "object":
        asked = {name: schema["properties"][name] for name in schema.get("required", [])}
        return {name: _sample(one, known, depth + 1) for name, one in asked.items()}
    if kind == "array":
        return [_sample(schema["items"], known, depth + 1)] * schema.get("minItems", 0)
    if kind in ("integer", "number"):
        return int(schema.get("minimum", 1))
    if kind == "boolean":
        return True
    samples = {
        "uuid": "00000000-0000-7000-8000-000000000008",
        "date": "2099-01-01",
        "date-time": "2099-01-01T00:00:00Z",
    }
    return samples.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
