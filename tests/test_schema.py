"""The database holds what the models declare (库表如所声明): no migration may lose a constraint or an index on the way."""

import pytest
from django.apps import apps
from django.db import connection


@pytest.mark.django_db
def test_every_constraint_and_index_of_a_model_is_in_the_database():
    missing = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if not model.__module__.startswith("tongban.") or not model._meta.managed:
                continue
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
            declared = [*model._meta.constraints, *model._meta.indexes]
            missing += [f"{model._meta.db_table}.{one.name}" for one in declared if one.name not in there]
    assert missing == []
