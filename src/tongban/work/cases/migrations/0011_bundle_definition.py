"""A bundle stands on an edition of the catalogue's bundle, and is asked for at a place."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0023_bundle_edition"),
        ("cases", "0010_fewer_indexes"),
    ]

    # Nothing has made a bundle before this, so there are no rows that would lack them.
    operations = [
        migrations.AddField(
            model_name="bundle",
            name="edition",
            field=models.ForeignKey(
                db_index=False,
                default=None,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalogue.bundleedition",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="bundle",
            name="place",
            field=models.CharField(default="", max_length=12),
            preserve_default=False,
        ),
    ]
