from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """In a transaction of its own: only so does it hold no lock that stops writers."""

    dependencies = [("identity", "0012_appointments")]

    operations = [
        ValidateConstraint(model_name="holding", name="holding_role"),
        ValidateConstraint(model_name="deputy", name="deputy_role"),
    ]
