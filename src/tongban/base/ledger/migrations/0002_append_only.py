"""The database itself refuses to change or remove a ledger entry (账本只增不改)."""

from django.db import migrations

GUARD = """
    CREATE FUNCTION ledger_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME;
    END $$;
    CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_append_only();
    CREATE TRIGGER ledger_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seal
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_append_only();
    CREATE TRIGGER ledger_seal_part_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seal_part
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_append_only();
"""
UNGUARD = """
    DROP TRIGGER ledger_seal_part_append_only ON ledger_seal_part;
    DROP TRIGGER ledger_seal_append_only ON ledger_seal;
    DROP TRIGGER ledger_entry_append_only ON ledger_entry;
    DROP FUNCTION ledger_entry_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
