"""Addresses of the portal (地址表)."""

from django.urls import include, path

from tongban.doors.web.account.urls import addresses
from tongban.doors.web.certificates.urls import addresses as certificates

urlpatterns = [
    path("", include("tongban.doors.signon.urls_portal")),
    path("", include("tongban.doors.portal.urls")),
    *addresses("portal"),
    *certificates("portal"),
    path("", include("tongban.doors.web.urls")),
]

handler400 = "tongban.doors.web.errors.bad_request"
handler403 = "tongban.doors.web.errors.stale_form"
handler404 = "tongban.doors.web.errors.not_found"
handler500 = "tongban.doors.web.errors.fault"
