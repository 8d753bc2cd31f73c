"""Search keeps its own tables (检索改由 base.search 管): the catalogue's columns for it go."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0008_flags_and_sightings")]
    operations = [
        migrations.RemoveIndex("basicitem", "basic_item_search"),
        migrations.RemoveIndex("edition", "edition_search"),
        migrations.RemoveField("basicitem", "search"),
        migrations.RemoveField("edition", "search"),
    ]
