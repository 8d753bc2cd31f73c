"""Foreign keys point down the house; imports cannot see a key that is given by its name, so the models are read."""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps
from tests.house.source import Order


def foreign_keys_upward(tables: Iterable[type[models.Model]], order: Order) -> Iterator[str]:
    """Every relation of ``tables`` whose target is not below, or inside, the room that holds it."""
    for table in tables:
        for field in [*table._meta.local_fields, *table._meta.local_many_to_many]:
            target = field.related_model
            if not field.is_relation or target is None:
                continue
            if not _may_point(table.__module__, target.__module__, order):
                yield f"{_place(table.__module__)}: {table.__name__}.{field.name} points up to {target.__name__}"


def _place(module: str) -> str:
    return ".".join(module.split(".")[:3])


def _may_point(source: str, target: str, order: Order) -> bool:
    if not source.startswith("tongban."):
        return True  # tables that are not ours
    if not target.startswith("tongban."):
        return not target.startswith("django.contrib.contenttypes")
    (_, storey, room), (_, target_storey, target_room) = source.split(".")[:3], target.split(".")[:3]
    storeys = order.heights["tongban"]
    if storey != target_storey:
        return storeys[target_storey] < storeys[storey]
    rooms = order.heights[f"tongban.{storey}"]
    return room == target_room or rooms[target_room] < rooms[room]


def test_foreign_keys_point_down_the_house(order: Order):
    assert list(foreign_keys_upward(apps.get_models(include_auto_created=True), order)) == []


@isolate_apps()
def test_a_foreign_key_upward_sideways_or_to_anything_is_refused(order: Order):
    def table(name: str, module: str, **fields: models.Field) -> type[models.Model]:
        meta = type("Meta", (), {"app_label": module.split(".")[2]})
        return type(name, (models.Model,), {"__module__": module, "Meta": meta, **fields})

    def key(to: str | type[models.Model]) -> models.Field:
        return models.ForeignKey(to, on_delete=models.PROTECT, related_name="+")

    content_type = table("ContentType", "django.contrib.contenttypes.models")
    case = table("Case", "tongban.work.cases.models", before=key("self"))
    place = table("Place", "tongban.people.places.models", case=key(case), about=key(content_type))
    party = table("Party", "tongban.people.parties.models", place=key(place))
    home = table("Home", "tongban.people.places.models", party=key(party))
    town = table("Town", "tongban.people.places.models", cases=models.ManyToManyField(case, related_name="+"))
    assert list(foreign_keys_upward([case, place, party, home, town], order)) == [
        "tongban.people.places: Place.case points up to Case",
        "tongban.people.places: Place.about points up to ContentType",
        "tongban.people.places: Home.party points up to Party",
        "tongban.people.places: Town.cases points up to Case",
    ]
