"""The index of decisions by rule of which a person's view was asked, made while the table is in use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0008_redating")]

    operations = [
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(
                condition=models.Q(("verb", "ask_review")), fields=["case"], name="document_review_asked"
            ),
        ),
    ]
