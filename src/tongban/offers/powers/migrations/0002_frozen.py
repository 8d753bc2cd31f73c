"""The database itself refuses to change what was published (公布即固定), and what lies before a reviewer."""

from django.db import migrations

GUARD = """
    ALTER TABLE power_entry ADD CONSTRAINT power_entry_basic_12 CHECK (basic_id ~ '^[0-9A-Z]{12}$');

    CREATE FUNCTION power_entry_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'power entry % is fixed: it stands in a list for good', OLD.id;
    END $$;
    CREATE TRIGGER power_entry_frozen BEFORE UPDATE OR DELETE ON power_entry
        FOR EACH ROW EXECUTE FUNCTION power_entry_frozen();

    CREATE FUNCTION power_adjustment_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'power adjustment % is fixed: adjustments are never deleted', OLD.id;
        END IF;
        IF OLD.state IN ('published', 'discarded') AND NEW IS DISTINCT FROM OLD
           OR OLD.state = 'in_review' AND
              (NEW.id, NEW.organ_id, NEW.number, NEW.reason, NEW.basis, NEW.starts_on, NEW.changes, NEW.digest, NEW.imported, NEW.writers,
               NEW.made_at)
              IS DISTINCT FROM
              (OLD.id, OLD.organ_id, OLD.number, OLD.reason, OLD.basis, OLD.starts_on, OLD.changes, OLD.digest, OLD.imported, OLD.writers,
               OLD.made_at)
           OR OLD.state = 'draft' AND NEW.state = 'published'
        THEN
            RAISE EXCEPTION 'power adjustment % is sent to review or published: its content is fixed', OLD.id;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER power_adjustment_frozen BEFORE UPDATE OR DELETE ON power_adjustment
        FOR EACH ROW EXECUTE FUNCTION power_adjustment_frozen();

    CREATE FUNCTION power_edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.ends_on IS NOT NULL
           OR (NEW.id, NEW.entry_id, NEW.number, NEW.adjustment_id, NEW.name, NEW.item_type, NEW.body, NEW.digest, NEW.starts_on)
           IS DISTINCT FROM
              (OLD.id, OLD.entry_id, OLD.number, OLD.adjustment_id, OLD.name, OLD.item_type, OLD.body, OLD.digest, OLD.starts_on)
        THEN
            RAISE EXCEPTION 'power edition % is published: its content is fixed', OLD.id;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER power_edition_frozen BEFORE UPDATE OR DELETE ON power_edition
        FOR EACH ROW EXECUTE FUNCTION power_edition_frozen();

    CREATE FUNCTION power_edition_adjusted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM power_adjustment a JOIN power_entry en ON en.organ_id = a.organ_id
                       WHERE en.id = NEW.entry_id AND a.state = 'published'
                         AND (a.id, a.starts_on) = (coalesce(NEW.ended_by_id, NEW.adjustment_id), coalesce(NEW.ends_on, NEW.starts_on)))
        THEN
            RAISE EXCEPTION 'power edition % begins and ends by a published adjustment of its own list only', NEW.id;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER power_edition_adjusted BEFORE INSERT OR UPDATE ON power_edition
        FOR EACH ROW EXECUTE FUNCTION power_edition_adjusted();
"""
UNGUARD = """
    ALTER TABLE power_entry ADD CONSTRAINT power_entry_basic_12 CHECK (basic_id ~ '^[0-9A-Z]{12}$');

    DROP TRIGGER power_edition_adjusted ON power_edition; DROP FUNCTION power_edition_adjusted();
    DROP TRIGGER power_edition_frozen ON power_edition; DROP FUNCTION power_edition_frozen();
    DROP TRIGGER power_adjustment_frozen ON power_adjustment; DROP FUNCTION power_adjustment_frozen();
    DROP TRIGGER power_entry_frozen ON power_entry; DROP FUNCTION power_entry_frozen();
    ALTER TABLE power_entry DROP CONSTRAINT power_entry_basic_12;
"""


class Migration(migrations.Migration):
    dependencies = [("powers", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
