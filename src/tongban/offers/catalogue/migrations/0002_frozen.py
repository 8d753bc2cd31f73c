"""The database itself refuses to change what a published edition says (发布即固定)."""

from django.db import migrations

GUARD = """
    CREATE FUNCTION edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR NEW.body <> OLD.body OR NEW.digest <> OLD.digest OR NEW.item_id <> OLD.item_id
           OR NEW.number <> OLD.number OR NEW.name <> OLD.name OR NEW.starts_on <> OLD.starts_on THEN
            RAISE EXCEPTION 'edition % is published: its content is fixed', OLD.id;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER edition_frozen BEFORE UPDATE OR DELETE ON edition
        FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION edition_frozen();
"""
UNGUARD = "DROP TRIGGER edition_frozen ON edition; DROP FUNCTION edition_frozen();"


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
