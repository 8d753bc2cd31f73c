from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """In a transaction of its own: only so does it hold no lock that stops writers."""

    dependencies = [("parties", "0003_legal_persons")]

    operations = [ValidateConstraint(model_name="party", name="party_person_or_legal")]
