"""The machine API (机器接口) as a whole: its parts, its language of refusals, its description."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from tongban.doors.api import (
    acts,
    bundles,
    calendar,
    cases,
    catalogue,
    counter,
    depth,
    editions,
    errors,
    finding,
    handling,
    intermediaries,
    joint,
    ledger,
    licences,
    materials,
    messages,
    open_catalogue,
    opened,
    powers,
    promises,
    publicinfo,
)
from tongban.doors.api.auth import SYSTEM_SCHEME, Token, system_scheme


class Api(NinjaAPI):
    """The API (接口), whose description tells how connected systems get their tokens as well."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """The description (接口描述)."""
        document = super().get_openapi_schema(**given)
        document["components"]["securitySchemes"][SYSTEM_SCHEME] = system_scheme()
        return document


api = Api(
    title="通办 Tongban",
    version="1",
    description=(
        "The machine door. Reading items, bundles, power lists, the working calendar, laws and announcements, public results, tracking by code, verifying licences and the ledger's seals are open; everything else wants a "
        "bearer token: an account's, or a connected system's own where the address names a scope. Whoever acts for another names the mandate's id in the header Tongban-Acting-For. Every refusal names its rule, says it in the language of Accept-Language (zh, en), and tells by "
        "field what to mend. Acts carry the version that the caller saw; an Idempotency-Key makes them safe to repeat."
    ),
    docs_url=None,  # the usual page loads scripts from elsewhere; ours is docs.py
    auth=Token(),
    urls_namespace="api",
)
errors.install(api)
for part in (
    catalogue,
    open_catalogue,
    editions,
    finding,
    powers,
    depth,
    calendar,
    publicinfo,
    intermediaries,
    materials,
    cases,
    bundles,
    opened,
    acts,
    handling,
    joint,
    counter,
    promises,
    licences,
    ledger,
    messages,
):
    api.add_router("", part.router)
