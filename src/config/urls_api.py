"""Addresses of the machine API (地址表)."""

from django.urls import include, path

from tongban.doors.web import views

urlpatterns = [
    path("healthz", views.health),
    path("", include("tongban.doors.api.urls")),
]

handler400 = "tongban.doors.api.errors.unreadable"
handler404 = "tongban.doors.api.errors.not_found"
handler500 = "tongban.doors.api.errors.fault"
