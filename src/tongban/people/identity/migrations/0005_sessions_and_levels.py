"""Sessions in a table of their own, and how well it is known whose an account is (会话与实名等级)."""

import django.contrib.postgres.fields
import django.db.models.deletion
import tongban.base.ids
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0004_deputy'),
        ('parties', '0002_by_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.UUIDField(default=tongban.base.ids.new_id, primary_key=True, serialize=False)),
                ('door', models.CharField(max_length=20)),
                ('device', models.CharField(max_length=100)),
                ('address', models.BinaryField()),
                ('methods', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), size=None)),
                ('started_at', models.DateTimeField()),
                ('proven_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_because', models.CharField(blank=True, max_length=20)),
            ],
            options={
                'db_table': 'account_session',
            },
        ),
        migrations.AddField(
            model_name='account',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=2),
        ),
        AddConstraintNotValid(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', [1, 2, 3])), name='account_level'),
        ),
        migrations.AddField(
            model_name='session',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['account', '-started_at'], name='session_open'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_because', '')), models.Q(('ended_at__isnull', False), models.Q(('ended_because', ''), _negated=True)), _connector='OR'), name='session_ended_because'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('methods__len__gt', 0)), name='session_methods'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('proven_at__gte', models.F('started_at'))), name='session_proven_when'),
        ),
    ]
