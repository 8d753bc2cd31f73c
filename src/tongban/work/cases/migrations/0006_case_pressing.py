"""The index of what is pressing, made while the table is in use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0005_clock_from_ledger")]

    operations = [
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ['accepted', 'examined', 'granted', 'made', 'passed', 'pre_review', 'returned', 'special', 'submitted', 'supplement'])), fields=['act_by', 'id'], name='case_pressing'),
        ),
    ]
