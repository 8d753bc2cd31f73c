"""What a service or an agency says in fields is as fixed as its text once it was sent to review (要素同样固定)."""

from django.db import migrations

_FUNCTION = """
    CREATE OR REPLACE FUNCTION info_edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE'
           OR (NEW.id, NEW.document_id, NEW.number, NEW.kind, NEW.title, NEW.body, {new}NEW.digest, NEW.writers, NEW.made_at)
           IS DISTINCT FROM
              (OLD.id, OLD.document_id, OLD.number, OLD.kind, OLD.title, OLD.body, {old}OLD.digest, OLD.writers, OLD.made_at)
           OR OLD.state <> 'in_review' AND (NEW.state IN ('draft', 'in_review')
              OR (NEW.reviewer_id, NEW.published_at) IS DISTINCT FROM (OLD.reviewer_id, OLD.published_at))
        THEN
            RAISE EXCEPTION 'info edition % is sent to review or published: its content is fixed', OLD.id;
        END IF;
        RETURN NEW;
    END $$;
"""
GUARD = _FUNCTION.format(new="NEW.facts, ", old="OLD.facts, ")
UNGUARD = _FUNCTION.format(new="", old="")


class Migration(migrations.Migration):
    dependencies = [("publicinfo", "0003_intermediaries")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
