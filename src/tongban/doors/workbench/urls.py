"""Addresses of the workbench (地址表)."""

from django.urls import path
from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
