"""Addresses of the workbench (地址表)."""

from django.urls import path, re_path

from tongban.doors.web.views import living
from tongban.doors.workbench import (
    acts,
    case,
    catalogue,
    drift,
    flags,
    info,
    info_review,
    licences,
    lists,
    powers,
    powers_write,
    sightings,
    synonyms,
)

_ENTRY = r"powers/(?P<adjustment_id>[0-9a-f-]{36})/entries/(?P<basic>[0-9A-Z]{12})"

urlpatterns = [
    path("", lists.work),
    path("cases", lists.cases),
    path("cases/<uuid:case_id>", case.show),
    path("cases/<uuid:case_id>/materials/<uuid:material_id>", case.material),
    path("cases/<uuid:case_id>/letters/<slug:verb>", case.letter_of),
    path("cases/<uuid:case_id>/<slug:verb>", acts.act),
    path("licences/<uuid:licence_id>/revoke", licences.revoke),
    path("info", info.infos),
    path("info/review", info_review.review),
    path("info/new", info.new),
    path("info/new/<slug:listed>", info.new),
    path("info/<uuid:info_id>", info.show),
    path("info/<uuid:info_id>/<slug:verb>", info.act),
    path("catalogue", catalogue.items),
    path("catalogue/drift", drift.drift),
    path("catalogue/drift.csv", drift.drift_csv),
    path("catalogue/drift/seen", drift.seen),
    path("catalogue/drift/seen.csv", drift.seen_csv),
    path("catalogue/sightings/new", sightings.new),
    path("catalogue/flags", flags.flags),
    path("catalogue/flags/<uuid:flag_id>", flags.flag),
    path("catalogue/flags/<uuid:flag_id>/<slug:verb>", flags.clear),
    path("catalogue/editions/<uuid:edition_id>", catalogue.edition),
    path("catalogue/items/<uuid:item_id>", catalogue.history),
    path("catalogue/synonyms", synonyms.groups),
    path("catalogue/synonyms/new", synonyms.new),
    path("catalogue/synonyms/<uuid:group_id>", synonyms.one),
    path("catalogue/synonyms/<uuid:group_id>/end", synonyms.end),
    path("powers", powers.desk),
    path("powers/new", powers_write.new),
    path("powers/<uuid:adjustment_id>", powers.show),
    path("powers/<uuid:adjustment_id>/find", powers.find),
    re_path(rf"^{_ENTRY}$", powers_write.entry),
    re_path(rf"^{_ENTRY}/remove$", powers_write.remove),
    re_path(rf"^{_ENTRY}/drop$", powers_write.drop),
    path("powers/<uuid:adjustment_id>/<slug:verb>", powers_write.act),
    path("help", lists.keys),
    path("design", living),
]
