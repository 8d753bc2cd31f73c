"""What OpenAPI says is what the door does: generated requests, by applicant and by clerk, never a fault."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from django.test.client import ClientHandler
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance
from tests import world as worlds

from tongban.doors.api.api import api
from tongban.doors.api.tests.conftest import Door

EXAMPLES = 4  # of each operation, each role, each kind of data

# The same requests every time: a run that fails can be repeated.
bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def served(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    """The door as a WSGI application that, like Django's test client, leaves the test's transaction open."""
    response = ClientHandler(enforce_csrf_checks=False)(environ)
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return list(response.streaming_content) if response.streaming else [response.content]


def test_no_other_thing_of_the_same_name_takes_the_place_of_a_body_in_the_document() -> None:
    """Two schemas of one name are one in the document, and the later one wins."""
    document = api.get_openapi_schema()
    for path, methods in document["paths"].items():
        content = methods.get("post", {}).get("requestBody", {}).get("content", {})
        named = content.get("application/json", {}).get("schema", {}).get("$ref", "")
        if "/acts/" in path and named:
            body = document["components"]["schemas"][named.rpartition("/")[2]]
            assert body.get("type") == "object", path


@pytest.mark.slow
@pytest.mark.parametrize("role", ["applicant", "clerk", "editor"])
@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])
def test_generated_requests_never_meet_a_fault(
    door: Door, role: str, mode: schemathesis.GenerationMode
) -> None:
    headers = {"Authorization": f"Bearer {door.token(role)}"}
    # What stands in addresses, so that requests get past the search for the thing.
    known = {
        "case_id": str(worlds.submitted(door.world).id),
        "code": door.world.item_code,
        "edition_id": str(door.world.edition_id),
        "key": "report",
        "organ": worlds.ORGAN_CODE,
        "token": "unknown",
    }
    schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", served)
    called = set()

    def check(case: schemathesis.Case) -> None:
        called.add(case.operation.label)
        with transaction.atomic():
            case.call_and_validate(checks=[not_a_server_error, response_schema_conformance], headers=headers)
            transaction.set_rollback(True)

    for found in schema.get_all_operations():
        operation = found.ok()
        places = {name: value for name, value in known.items() if f"{{{name}}}" in operation.path}
        strategies = [operation.as_strategy(mode)]
        if places:
            strategies.append(operation.as_strategy(mode, path_parameters=places))
        for strategy in strategies:
            with suppress(Unsatisfiable):  # an address that is given whole leaves nothing to get wrong
                bounded(given(case=strategy)(check))()
    described = {
        f"{method.upper()} {path}"
        for path, methods in api.get_openapi_schema(path_prefix="/v1/")["paths"].items()
        for method, operation in methods.items()
        # Where nothing is asked, nothing can be got wrong.
        if mode is schemathesis.GenerationMode.POSITIVE
        or operation.get("parameters")
        or "requestBody" in operation
    }
    assert called == described
