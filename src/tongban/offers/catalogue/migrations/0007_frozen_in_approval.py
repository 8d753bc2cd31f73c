"""What waits for approval is as fixed as what is published, unless it is sent back (送审即固定)."""

from django.db import migrations

# Whatever may change is named; everything else is compared, also columns that come later. No NULL slips past a jsonb.
GUARD = """
    CREATE OR REPLACE FUNCTION edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        waits boolean := OLD.state IN ('checked', 'approved');
        free text[] := '{state,ends_on,reason,search}';
    BEGIN
        IF waits THEN
            free := '{state,remark,checked_at,checked_by,approved_at,approved_by,approver,published_at,search}';
        END IF;
        IF TG_OP = 'DELETE' OR NEW.state = 'draft' AND NOT waits
           OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
           OR NOT waits AND NEW.state IN ('checked', 'approved')
           OR OLD.state = 'checked' AND NEW.state NOT IN ('draft', 'checked', 'approved')
        THEN
            RAISE EXCEPTION 'edition % is sent to approval or published: its content is fixed', OLD.id;
        END IF;
        RETURN NEW;
    END $$;
"""
UNGUARD = """
    CREATE OR REPLACE FUNCTION edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR NEW.state = 'draft' OR to_jsonb(NEW) - '{state,ends_on,reason,search}'::text[]
           IS DISTINCT FROM to_jsonb(OLD) - '{state,ends_on,reason,search}'::text[] THEN
            RAISE EXCEPTION 'edition % is published: its content is fixed', OLD.id;
        END IF;
        RETURN NEW;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0006_approval")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
