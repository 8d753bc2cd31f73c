"""The database itself refuses to change what was published (发布即固定), and what lies before a reviewer."""

from django.db import migrations

GUARD = """
    CREATE FUNCTION law_edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE'
           OR (NEW.id, NEW.law_id, NEW.dated, NEW.history, NEW.starts_on, NEW.starts_said, NEW.digest, NEW.source_digest, NEW.published_at)
           IS DISTINCT FROM
              (OLD.id, OLD.law_id, OLD.dated, OLD.history, OLD.starts_on, OLD.starts_said, OLD.digest, OLD.source_digest, OLD.published_at)
        THEN
            RAISE EXCEPTION 'law edition % is published: its content is fixed', OLD.id;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER law_edition_frozen BEFORE UPDATE OR DELETE ON law_edition
        FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION law_edition_frozen();

    CREATE FUNCTION law_article_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM law_edition WHERE id = OLD.edition_id AND published_at IS NOT NULL)
           OR TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM law_edition WHERE id = NEW.edition_id AND published_at IS NOT NULL)
        THEN
            RAISE EXCEPTION 'the articles of a published law edition are fixed';
        END IF;
        RETURN coalesce(NEW, OLD);
    END $$;
    CREATE TRIGGER law_article_frozen BEFORE INSERT OR UPDATE OR DELETE ON law_article
        FOR EACH ROW EXECUTE FUNCTION law_article_frozen();

    CREATE FUNCTION info_edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE'
           OR (NEW.id, NEW.document_id, NEW.number, NEW.kind, NEW.title, NEW.body, NEW.digest, NEW.writers, NEW.made_at)
           IS DISTINCT FROM
              (OLD.id, OLD.document_id, OLD.number, OLD.kind, OLD.title, OLD.body, OLD.digest, OLD.writers, OLD.made_at)
           OR OLD.state <> 'in_review' AND (NEW.state IN ('draft', 'in_review')
              OR (NEW.reviewer_id, NEW.published_at) IS DISTINCT FROM (OLD.reviewer_id, OLD.published_at))
        THEN
            RAISE EXCEPTION 'info edition % is sent to review or published: its content is fixed', OLD.id;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER info_edition_frozen BEFORE UPDATE OR DELETE ON info_edition
        FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION info_edition_frozen();
"""
UNGUARD = """
    DROP TRIGGER info_edition_frozen ON info_edition; DROP FUNCTION info_edition_frozen();
    DROP TRIGGER law_article_frozen ON law_article; DROP FUNCTION law_article_frozen();
    DROP TRIGGER law_edition_frozen ON law_edition; DROP FUNCTION law_edition_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("publicinfo", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
