"""Addresses of the machine API (地址表)."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from tongban.doors.api import docs
from tongban.doors.api.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/docs", docs.page),
    path("v1/", api.urls),
]
