"""The database itself refuses to change what a mandate gives, and to bring an ended one back (授权内容固定)."""

from django.db import migrations

GUARD = """
    CREATE FUNCTION mandate_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
           OR (OLD.state, NEW.state) NOT IN (
               ('offered', 'accepted'), ('offered', 'refused'), ('offered', 'withdrawn'), ('offered', 'lapsed'),
               ('accepted', 'withdrawn'), ('accepted', 'resigned'), ('accepted', 'lapsed'))
           OR (NEW.id, NEW.number, NEW.kind, NEW.giver_id, NEW.agent_id, NEW.under_id, NEW.acts, NEW.items, NEW.places, NEW.amount,
               NEW.scope, NEW.pass_on, NEW.since, NEW.until, NEW.offered_at, NEW.seen, NEW.counter_id, NEW.scan_id)
              IS DISTINCT FROM
              (OLD.id, OLD.number, OLD.kind, OLD.giver_id, OLD.agent_id, OLD.under_id, OLD.acts, OLD.items, OLD.places, OLD.amount,
               OLD.scope, OLD.pass_on, OLD.since, OLD.until, OLD.offered_at, OLD.seen, OLD.counter_id, OLD.scan_id)
        THEN
            RAISE EXCEPTION 'mandate % is fixed: it is accepted or ended, and nothing else', OLD.id;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER mandate_frozen BEFORE UPDATE OR DELETE ON mandate FOR EACH ROW EXECUTE FUNCTION mandate_frozen();
"""
UNGUARD = "DROP TRIGGER mandate_frozen ON mandate; DROP FUNCTION mandate_frozen();"


class Migration(migrations.Migration):
    """Adds the trigger (加触发器)."""

    dependencies = [("mandates", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
