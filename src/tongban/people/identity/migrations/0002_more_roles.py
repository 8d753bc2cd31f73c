from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

ROLES = ["clerk", "reviewer", "decider", "editor", "head", "governor", "supervisor"]


class Migration(migrations.Migration):
    """Three more roles. The new constraint is held against every new row at once; 0003 reads the old ones without stopping anybody."""

    dependencies = [("identity", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="holding", name="holding_role"),
        AddConstraintNotValid(
            model_name="holding",
            constraint=models.CheckConstraint(condition=models.Q(role__in=ROLES), name="holding_role"),
        ),
    ]
