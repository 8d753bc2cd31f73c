from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """In a transaction of its own: only so does it hold no lock that stops writers."""

    dependencies = [("identity", "0005_sessions_and_levels")]

    operations = [ValidateConstraint(model_name="account", name="account_level")]
