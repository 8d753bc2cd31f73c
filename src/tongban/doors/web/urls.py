"""Addresses that every door with pages has (共用地址)."""

from django.urls import path

from tongban.doors.web import views
from tongban.doors.web.account import passkeys
from tongban.doors.web.certificates import entry

urlpatterns = [
    path("healthz", views.health),
    path("language/<slug:code>", views.language),
    path("elderly/<slug:switch>", views.elderly),
    path("login", views.sign_in),
    path("login/certificate", entry.sign_in),
    path("login/certificate/challenge.txt", entry.challenge_file),
    path("login/code", views.second),
    path("login/passkey", passkeys.sign_in),
    path("login/passkey/options", passkeys.request_options),
    path("logout", views.sign_out),
]
