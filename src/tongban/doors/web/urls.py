"""Addresses that every door with pages has (共用地址)."""

from django.urls import path

from tongban.doors.web import views

urlpatterns = [
    path("healthz", views.health),
    path("language/<slug:code>", views.language),
    path("elderly/<slug:switch>", views.elderly),
    path("login", views.sign_in),
    path("logout", views.sign_out),
]
