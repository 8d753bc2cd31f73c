"""The machine API (机器接口) as a whole: its parts, its language of refusals, its description."""

from ninja import NinjaAPI

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
    open_catalogue,
    opened,
    powers,
    promises,
    publicinfo,
)
from tongban.doors.api.auth import Token

api = NinjaAPI(
    title="通办 Tongban",
    version="1",
    description=(
        "The machine door. Reading items, bundles, power lists, the working calendar, laws and announcements, public results, tracking by code, verifying licences and the ledger's seals are open; everything else wants a "
        "bearer token. Whoever acts for another names the mandate's id in the header Tongban-Acting-For. Every refusal names its rule, says it in the language of Accept-Language (zh, en), and tells by "
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
):
    api.add_router("", part.router)
