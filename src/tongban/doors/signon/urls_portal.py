"""Addresses of single sign-on at the portal (地址表): besides the shared ones, what somebody agreed to."""

from django.urls import include, path

from tongban.doors.signon import mine

urlpatterns = [
    path("", include("tongban.doors.signon.urls")),
    path("my/systems", mine.systems, name="my-systems"),
    path("my/systems/<uuid:system_id>/withdraw", mine.withdraw),
]
