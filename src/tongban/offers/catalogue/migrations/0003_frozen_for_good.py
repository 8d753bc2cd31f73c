"""A published edition never goes back to a draft, and no NULL slips past the comparison (发布即固定)."""

from django.db import migrations

# ``<>`` with NULL is neither true nor false: the first guard let a starts_on of NULL through, and a way back to draft.
GUARD = """
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
UNGUARD = """
    CREATE OR REPLACE FUNCTION edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR NEW.body <> OLD.body OR NEW.digest <> OLD.digest OR NEW.item_id <> OLD.item_id
           OR NEW.number <> OLD.number OR NEW.name <> OLD.name OR NEW.starts_on <> OLD.starts_on THEN
            RAISE EXCEPTION 'edition % is published: its content is fixed', OLD.id;
        END IF;
        RETURN NEW;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_frozen")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
