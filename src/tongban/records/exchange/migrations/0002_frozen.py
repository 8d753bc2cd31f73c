"""What was sent is never changed and never goes, whatever the code above does (发出即固定)."""

from django.db import migrations

GUARD = """
    CREATE FUNCTION exchange_message_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'exchange message % is kept as it was sent', OLD.id;
    END $$;
    CREATE TRIGGER exchange_message_frozen BEFORE UPDATE OR DELETE ON exchange_message
        FOR EACH ROW EXECUTE FUNCTION exchange_message_frozen();
"""
UNGUARD = "DROP TRIGGER exchange_message_frozen ON exchange_message; DROP FUNCTION exchange_message_frozen();"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
