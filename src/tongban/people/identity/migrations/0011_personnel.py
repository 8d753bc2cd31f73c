from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

ROLES = ["clerk", "reviewer", "decider", "editor", "head", "governor", "supervisor", "registrar", "personnel"]


class Migration(migrations.Migration):
    """One more role, keeper of the staff list. The constraints are held against every new row at once; 0012 reads the old ones."""

    dependencies = [("identity", "0010_proofs")]

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
