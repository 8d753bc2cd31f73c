"""Addresses of one's own certificates (地址表), under the prefix of each door."""

from django.urls import URLPattern, path

from tongban.doors.web.certificates import own


def addresses(door: str) -> list[URLPattern]:
    """The addresses at one door (一个门的地址)."""
    base = own.PREFIXES[door]
    return [
        path(base, own.mine, name="certificates"),
        path(f"{base}/new", own.ask),
        path(f"{base}/<uuid:certificate_id>", own.one),
        path(f"{base}/<uuid:certificate_id>/file", own.file),
        path(f"{base}/<uuid:certificate_id>/pin", own.pin),
        path(f"{base}/<uuid:certificate_id>/<slug:verb>", own.act),
    ]
