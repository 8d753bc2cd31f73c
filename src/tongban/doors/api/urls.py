"""Addresses of the machine API (地址表)."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from tongban.doors.api import docs, pki, scim, scim_groups
from tongban.doors.api.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/docs", docs.page),
    path("v1/", api.urls),
    path("scim/v2/Users", scim.users),
    path("scim/v2/Users/.search", scim.search),
    path("scim/v2/Groups", scim_groups.groups),
    path("scim/v2/Groups/.search", scim_groups.search),
    path("scim/v2/Groups/<str:given>", scim_groups.group),
    path("scim/v2/.search", scim.search),
    path("scim/v2/Users/<str:given>", scim.user),
    path("scim/v2/ServiceProviderConfig", scim.config),
    path("scim/v2/ResourceTypes", scim.types),
    path("scim/v2/ResourceTypes/<str:given>", scim.types),
    path("scim/v2/Schemas", scim.schemas),
    path("scim/v2/Schemas/<str:given>", scim.schemas),
    path("scim/v2/<path:rest>", scim.nowhere),
    # Where certificates say that these are found; the standards know no versions of addresses.
    path("pki/crl/<slug:slug>.crl", pki.revocation_list),
    path("pki/ocsp/<slug:slug>", pki.status),
    path("pki/ocsp/<slug:slug>/<path:encoded>", pki.status_by_address),
    path("pki/tsa", pki.stamp),
    path("pki/<slug:slug>.crt", pki.certificate),
]
