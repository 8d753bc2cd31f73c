"""Indexes and checks of the large tables, made while the tables are in use."""

from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0003_case_engine")]

    operations = [
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ['accepted', 'examined', 'granted', 'made', 'passed', 'pre_review', 'returned', 'special', 'submitted', 'supplement'])), fields=['organ', 'state', 'act_by', 'id'], name='case_work_list'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(fields=['place', '-id'], name='case_of_place'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('bundle__isnull', False)), fields=['bundle'], name='case_of_bundle'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('counter__isnull', False)), fields=['counter', '-id'], name='case_of_counter'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('provisional', True)), fields=['id'], name='case_provisional'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ['pre_review', 'passed', 'submitted'])), fields=['act_by', 'id'], name='case_lapsing'),
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='case_work',
        ),
        ValidateConstraint(model_name='document', name='document_numbered_when_made'),
        ValidateConstraint(model_name='case', name='case_state_known'),
        ValidateConstraint(model_name='case', name='case_due_from_acceptance'),
    ]
