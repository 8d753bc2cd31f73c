"""Addresses of the machine API (地址表)."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
