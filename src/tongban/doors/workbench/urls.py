"""Addresses of the workbench (地址表)."""

from django.urls import path

from tongban.doors.web.views import living
from tongban.doors.workbench import acts, bulk, case, catalogue, info, info_review, licences, lists, tables

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
    path("catalogue/drift", catalogue.drift),
    path("catalogue/drift.csv", catalogue.drift_csv),
    path("catalogue/editions/<uuid:edition_id>", catalogue.edition),
    path("catalogue/items/<uuid:item_id>", catalogue.history),
    path("catalogue/tables", tables.home),
    path("catalogue/tables/format", tables.sheet_format),
    path("catalogue/tables/export", tables.export),
    path("catalogue/tables/import", tables.take_in),
    path("catalogue/bulk", bulk.bulk),
    path("catalogue/changes/<uuid:change_id>", tables.change),
    path("catalogue/changes/<uuid:change_id>/problems.csv", tables.problems_csv),
    path("catalogue/changes/<uuid:change_id>/confirm", tables.confirm),
    path("catalogue/changes/<uuid:change_id>/drop", tables.drop),
    path("help", lists.keys),
    path("design", living),
]
