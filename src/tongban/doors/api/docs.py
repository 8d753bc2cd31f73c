"""The description for people (接口说明): one plain page drawn from the same OpenAPI text, nothing loaded from elsewhere."""

from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.views.decorators.http import require_safe

from tongban.doors.api.api import api

_ENGINE = Engine(dirs=[str(Path(__file__).parent)])


def _named(schema: dict[str, Any]) -> str:
    """A schema in one word (结构名)."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(_named(part) for part in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_named(schema.get('items', {}))}]"
    limits = [
        f"{name} {schema[name]}" for name in ("format", "pattern", "maxLength", "maximum") if name in schema
    ]
    return " ".join([str(schema.get("type", "")), *limits])


def _operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {})
            found.append(
                {
                    "method": method.upper(),
                    "path": path,
                    "summary": operation["summary"],
                    "description": operation.get("description", ""),
                    "open": "security" not in operation,
                    "parameters": [
                        (one["in"], one["name"], _named(one["schema"])) for one in operation["parameters"]
                    ],
                    "body": [(kind, _named(content["schema"])) for kind, content in body.items()],
                    "answers": [
                        (status, _named(content["schema"]))
                        for status, answer in operation["responses"].items()
                        if int(status) < 300
                        for content in answer.get("content", {"": {"schema": {}}}).values()
                    ],
                }
            )
    return found


def _shapes(schema: dict[str, Any]) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    return [
        (
            name,
            shape.get("description", ""),
            [
                (key, _named(value), key in shape.get("required", ()))
                for key, value in shape.get("properties", {}).items()
            ],
        )
        for name, shape in sorted(schema["components"]["schemas"].items())
    ]


@cache
def _text() -> str:
    schema: dict[str, Any] = api.get_openapi_schema()
    context = {"info": schema["info"], "operations": _operations(schema), "shapes": _shapes(schema)}
    return str(_ENGINE.get_template("docs.html").render(Context(context)))


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page (说明页)."""
    return HttpResponse(_text())
