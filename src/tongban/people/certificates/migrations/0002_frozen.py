"""What was issued is never changed, and what has ended never comes back, whatever the code above does (签发即固定)."""

from django.db import migrations

# Only what an act may still write is left out; whatever column comes later is compared as well.
GUARD = """
    CREATE FUNCTION certificate_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE open text[] := ARRAY['state', 'version', 'suspended_at', 'ended_at', 'ended_because', 'parcel', 'told_at'];
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'certificate % is kept for good', OLD.id;
        END IF;
        IF OLD.certificate IS NOT NULL AND (to_jsonb(NEW) - open) IS DISTINCT FROM (to_jsonb(OLD) - open) THEN
            RAISE EXCEPTION 'certificate % is issued: what it says is fixed', OLD.id;
        END IF;
        IF OLD.state IN ('revoked', 'superseded', 'expired', 'refused', 'withdrawn', 'lapsed') AND NEW.state <> OLD.state THEN
            RAISE EXCEPTION 'certificate % has ended', OLD.id;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER certificate_frozen BEFORE UPDATE OR DELETE ON certificate
        FOR EACH ROW EXECUTE FUNCTION certificate_frozen();
    CREATE FUNCTION revocation_list_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a published revocation list is kept as it is';
    END $$;
    CREATE TRIGGER revocation_list_frozen BEFORE UPDATE OR DELETE ON certificate_revocation_list
        FOR EACH ROW EXECUTE FUNCTION revocation_list_frozen();
"""
UNGUARD = """
    DROP TRIGGER certificate_frozen ON certificate; DROP FUNCTION certificate_frozen();
    DROP TRIGGER revocation_list_frozen ON certificate_revocation_list; DROP FUNCTION revocation_list_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
