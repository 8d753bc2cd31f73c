from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

ROLES = ["clerk", "reviewer", "decider", "editor", "head", "governor", "supervisor", "registrar"]


class Migration(migrations.Migration):
    """One more role, registrar of certificates. The constraints are held against every new row at once; 0009 reads the old ones."""

    dependencies = [("identity", "0007_devices_and_notices")]

    operations = [
        migrations.RemoveConstraint(model_name="holding", name="holding_role"),
        AddConstraintNotValid(
            model_name="holding",
            constraint=models.CheckConstraint(condition=models.Q(role__in=ROLES), name="holding_role"),
        ),
        migrations.RemoveConstraint(model_name="deputy", name="deputy_role"),
        AddConstraintNotValid(
            model_name="deputy",
            constraint=models.CheckConstraint(condition=models.Q(role__in=ROLES), name="deputy_role"),
        ),
    ]
