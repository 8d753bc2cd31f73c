"""The database itself refuses to change or remove an edition of the calendar (日历只增不改): cases were computed by it."""

from django.db import migrations

GUARD = """
    CREATE FUNCTION calendar_edition_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'editions of the calendar are append-only: % is refused', TG_OP;
    END $$;
    CREATE TRIGGER calendar_edition_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON calendar_edition
        FOR EACH STATEMENT EXECUTE FUNCTION calendar_edition_append_only();
"""
UNGUARD = """
    DROP TRIGGER calendar_edition_append_only ON calendar_edition;
    DROP FUNCTION calendar_edition_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("calendar", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
