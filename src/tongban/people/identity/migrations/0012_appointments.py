"""Appointments by two persons, and roles for some items only (任免).  The changed constraints are read by the next migration."""

import django.contrib.postgres.fields
import django.db.models.deletion
import tongban.base.ids
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0011_factors'),
        ('parties', '0002_by_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.UUIDField(default=tongban.base.ids.new_id, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=10)),
                ('role', models.CharField(max_length=20)),
                ('items', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None)),
                ('since', models.DateField()),
                ('reason', models.CharField(max_length=200)),
                ('state', models.CharField(default='proposed', max_length=12)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('remark', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'db_table': 'appointment',
            },
        ),
        migrations.RemoveConstraint(
            model_name='deputy',
            name='deputy_role',
        ),
        migrations.RemoveConstraint(
            model_name='holding',
            name='holding_role',
        ),
        migrations.AddField(
            model_name='holding',
            name='items',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), db_default=[], default=list, size=None),
        ),
        AddConstraintNotValid(
            model_name='deputy',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['clerk', 'reviewer', 'decider', 'editor', 'head', 'governor', 'supervisor', 'registrar', 'personnel'])), name='deputy_role'),
        ),
        AddConstraintNotValid(
            model_name='holding',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['clerk', 'reviewer', 'decider', 'editor', 'head', 'governor', 'supervisor', 'registrar', 'personnel'])), name='holding_role'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appointment',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appointment',
            name='organ',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organ'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['clerk', 'reviewer', 'decider', 'editor', 'head', 'governor', 'supervisor', 'registrar', 'personnel'])), name='appointment_role'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['appoint', 'dismiss'])), name='appointment_kind'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'proposed')), models.Q(('state__in', ['approved', 'turned_down', 'taken_back']), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='appointment_decided'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by', models.F('account')), _negated=True), name='appointment_not_oneself'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by', models.F('proposed_by')), ('state', 'approved'), _negated=True), models.Q(('decided_by', models.F('account')), ('state', 'approved'), _negated=True)), name='appointment_two_persons'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('account', 'organ', 'role'), name='appointment_once'),
        ),
    ]
