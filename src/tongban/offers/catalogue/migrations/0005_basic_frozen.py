"""Basic editions are as frozen as editions: one function guards both tables (发布即固定)."""

from django.db import migrations

# Whatever may change is named; everything else is compared, also columns that come later. No NULL slips past a jsonb.
GUARD = """
    CREATE OR REPLACE FUNCTION edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR NEW.state = 'draft' OR to_jsonb(NEW) - '{state,ends_on,reason,search}'::text[]
           IS DISTINCT FROM to_jsonb(OLD) - '{state,ends_on,reason,search}'::text[] THEN
            RAISE EXCEPTION 'edition % is published: its content is fixed', OLD.id;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER basic_edition_frozen BEFORE UPDATE OR DELETE ON basic_edition
        FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION edition_frozen();
"""
UNGUARD = """
    DROP TRIGGER basic_edition_frozen ON basic_edition;
    CREATE OR REPLACE FUNCTION edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR NEW.state = 'draft'
           OR (NEW.id, NEW.item_id, NEW.number, NEW.name, NEW.body, NEW.digest, NEW.starts_on, NEW.made_at, NEW.published_at)
           IS DISTINCT FROM
              (OLD.id, OLD.item_id, OLD.number, OLD.name, OLD.body, OLD.digest, OLD.starts_on, OLD.made_at, OLD.published_at)
        THEN
            RAISE EXCEPTION 'edition % is published: its content is fixed', OLD.id;
        END IF;
        RETURN NEW;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_basic_edition")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
