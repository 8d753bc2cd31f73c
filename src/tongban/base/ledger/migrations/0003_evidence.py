"""Evidence of signed acts (签名证据): beside the entry, for good, and never without one."""

from django.db import migrations, models

GUARD = """
    ALTER TABLE ledger_evidence ADD CONSTRAINT ledger_evidence_of_entry
        FOREIGN KEY (stream, seq) REFERENCES ledger_entry (stream, seq);
    CREATE TRIGGER ledger_evidence_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_evidence
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_append_only();
"""
UNGUARD = """
    DROP TRIGGER ledger_evidence_append_only ON ledger_evidence;
    ALTER TABLE ledger_evidence DROP CONSTRAINT ledger_evidence_of_entry;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stream", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stream", models.CharField(max_length=80)),
                ("seq", models.PositiveIntegerField()),
                ("evidence", models.BinaryField()),
            ],
            options={"db_table": "ledger_evidence"},
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
