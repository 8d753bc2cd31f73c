"""Addresses of the portal (地址表)."""

from django.urls import path, re_path

from tongban.doors.portal.views import (
    apply,
    case,
    depth,
    feeds,
    guide,
    home,
    info,
    intermediaries,
    my,
    old_code,
    verify,
)

# The address of an item is its implementation code (31) or, with a serial, that of its business item (33).
_ITEM = r"(?P<code>[0-9A-Z]{31}(?:[0-9]{2})?)"
_CASE = "my/cases/<uuid:case_id>"

urlpatterns = [
    path("", home.home, name="home"),
    path("search", home.search, name="search"),
    path("places", home.choose_place, name="places"),
    re_path(r"^places/(?P<code>[0-9]{12})$", home.place, name="place"),
    re_path(rf"^items/{_ITEM}$", guide.guide, name="guide"),
    re_path(r"^items/(?P<code>[0-9A-Z]{10}(?:[0-9A-Z]{14})?)$", old_code.lead_on, name="old-code"),
    re_path(rf"^apply/{_ITEM}$", apply.begin, name="apply"),
    path("laws", info.laws, name="laws"),
    path("laws/<str:law>", info.law, name="law"),
    path("laws/<str:law>/<slug:dated>", info.law_edition, name="law-edition"),
    path("laws/<str:law>/<slug:dated>/changes", info.law_changes, name="law-changes"),
    path("info", info.infos, name="infos"),
    path("info/<uuid:info_id>", info.info, name="info"),
    path("info/<uuid:info_id>/<int:number>", info.info_edition, name="info-edition"),
    path("questions", info.questions, name="questions"),
    path("complaints", info.complaints, name="complaints"),
    path("intermediaries", intermediaries.services, name="intermediaries"),
    path("intermediaries/<uuid:service_id>", intermediaries.service, name="intermediary"),
    path(
        "intermediaries/<uuid:service_id>/<int:number>",
        intermediaries.service_edition,
        name="intermediary-edition",
    ),
    path("agencies", intermediaries.agencies, name="agencies"),
    path("agencies/<uuid:agency_id>", intermediaries.agency, name="agency"),
    path("agencies/<uuid:agency_id>/<int:number>", intermediaries.agency_edition, name="agency-edition"),
    path("depth", depth.depth, name="depth"),
    path("depth.csv", depth.depth_csv, name="depth-csv"),
    path("feed.xml", feeds.announcements, name="feed"),
    path("feeds/laws.xml", feeds.laws, name="feed-laws"),
    path("feeds/intermediaries.xml", feeds.intermediaries, name="feed-intermediaries"),
    path("feeds/<slug:kind>.xml", feeds.of_kind, name="feed-of"),
    path("my", my.overview, name="my"),
    path("my/materials", my.materials, name="my-materials"),
    path("my/materials/<uuid:material_id>", my.material, name="my-material"),
    path("my/licences/<uuid:licence_id>.pdf", my.licence_file, name="licence-file"),
    path(_CASE, case.one, name="case"),
    path(f"{_CASE}/form/<slug:section>", apply.section, name="section"),
    path(f"{_CASE}/form/<slug:section>/keep", apply.keep, name="keep"),
    path(f"{_CASE}/materials", apply.materials, name="materials"),
    path(f"{_CASE}/materials/<slug:key>", apply.material, name="material"),
    path(f"{_CASE}/check", apply.check, name="check"),
    path(f"{_CASE}/discard", apply.discard, name="discard"),
    path(f"{_CASE}/receipt", case.receipt, name="receipt"),
    path(f"{_CASE}/withdraw", case.withdraw, name="withdraw"),
    path(f"{_CASE}/rate", case.rate, name="rate"),
    path(f"{_CASE}/files/<uuid:material_id>", case.file, name="case-file"),
    path("verify/<path:token>", verify.verify, name="verify"),
]
