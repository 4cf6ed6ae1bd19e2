

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('is_scan', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Concurrence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Defect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('size', models.PositiveBigIntegerField()),
                ('type', models.CharField(max_length=80)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('stop', 'the clock is stopped by agreement'), ('extension', 'the time-limit is extended'), ('armed-conflict', 'armed conflict'), ('override', 'the depositary registered another date'), ('objection', 'a party objects to the date registered'), ('informed', 'the depositary informed a party'), ('registered', 'the depositary registered the instrument')], max_length=20)),
                ('on', models.DateField()),
                ('until', models.DateField(blank=True, null=True)),
                ('days', models.PositiveIntegerField(blank=True, null=True)),
                ('entered_at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('source', models.TextField(blank=True)),
                ('external_ref', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Ladder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True)),
                ('applies_to', models.CharField(choices=[('all', 'every deadline without a ladder of its own'), ('effect', 'effects'), ('duty', 'duties'), ('lapse', 'rights that end'), ('answer', 'answers asked for')], max_length=20, unique=True)),
                ('stages', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meaning', models.CharField(max_length=40)),
                ('is_confirmed', models.BooleanField()),
                ('silent', models.JSONField(default=list)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Succession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('kind', models.CharField(choices=[('continuation', 'continues the former state'), ('succession', 'succeeds to the former state'), ('union', 'the former state became part of it'), ('renaming', 'the same state under another name')], max_length=20)),
                ('source', models.TextField(blank=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='receipt',
            name='receipt_once_a_recipient',
        ),
        migrations.AddField(
            model_name='case',
            name='opened_by',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='deadlineversion',
            name='cause_told',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='notification',
            name='is_paper',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='participation',
            name='consent',
            field=models.CharField(blank=True, choices=[('ratification', 'ratification'), ('accession', 'accession'), ('acceptance', 'acceptance'), ('approval', 'approval'), ('succession', 'succession'), ('signature', 'definitive signature')], max_length=20),
        ),
        migrations.AddField(
            model_name='participation',
            name='consent_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='participation',
            name='instrument',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='began', to='notifications.notification'),
        ),
        migrations.AddField(
            model_name='participation',
            name='signed_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='participation',
            name='succeeds',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='succeeded_participations', to='notifications.party'),
        ),
        migrations.AddField(
            model_name='party',
            name='exists_from',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='party',
            name='exists_to',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='party',
            name='source',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='party',
            name='un_standing',
            field=models.CharField(blank=True, choices=[('member', 'member of the United Nations'), ('observer', 'observer state at the United Nations')], max_length=20),
        ),
        migrations.AddField(
            model_name='partyname',
            name='in_text',
            field=models.CharField(blank=True, max_length=220),
        ),
        migrations.AddField(
            model_name='receipt',
            name='at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='receipt',
            name='disputed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='receipt',
            name='reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='receipt',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='notifications.receipt'),
        ),
        migrations.AddField(
            model_name='treaty',
            name='authentic_languages',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='treaty',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='protocols', to='notifications.treaty'),
        ),
        migrations.AddField(
            model_name='treaty',
            name='registration',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name='user',
            name='is_active',
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name='alert',
            name='kind',
            field=models.CharField(choices=[('deadline', 'a deadline'), ('issued', 'a notification was issued'), ('received', 'a notification was received'), ('circulated', 'a notification was circulated'), ('acknowledged', 'a notification was acknowledged'), ('responded', 'a party responded'), ('participation', 'participation changed'), ('defect', 'something is not in due form'), ('disputed', 'a date of receipt was corrected or disputed'), ('fact', 'a fact was recorded'), ('proposed', 'silence proposes an outcome'), ('confirmed', 'an outcome was confirmed or declined')], max_length=20),
        ),
        migrations.AlterField(
            model_name='deadline',
            name='status',
            field=models.CharField(choices=[('awaiting', 'awaiting a fact'), ('running', 'running'), ('met', 'met'), ('lapsed', 'lapsed'), ('effective', 'effective'), ('void', 'void'), ('open', 'open: its end waits for a fact'), ('suspended', 'stopped by agreement'), ('disputed', 'disputed')], max_length=20),
        ),
        migrations.AlterField(
            model_name='draft',
            name='act',
            field=models.CharField(max_length=40),
        ),
        migrations.AlterField(
            model_name='draft',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('awaiting-approval', 'awaiting approval'), ('returned', 'returned'), ('issued', 'issued'), ('discarded', 'discarded')], default='draft', max_length=20),
        ),
        migrations.AlterField(
            model_name='mandate',
            name='role',
            field=models.CharField(choices=[('drafter', 'drafter'), ('head-of-mission', 'head of mission'), ('observer', 'observer'), ('depositary-officer', 'depositary officer'), ('secretariat', 'secretariat')], max_length=30),
        ),
        migrations.AlterField(
            model_name='notification',
            name='act',
            field=models.CharField(max_length=40),
        ),
        migrations.AlterField(
            model_name='participation',
            name='in_force_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='party',
            name='kind',
            field=models.CharField(choices=[('state', 'state'), ('organisation', 'organisation'), ('territory', 'territory')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('status', 'disputed')), fields=['due_at'], name='deadline_disputed_by_due'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(('signed_on__isnull', False), ('consent_on__isnull', False), ('in_force_on__isnull', False), _connector='OR'), name='participation_begins_with_something'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(('succeeds', None), models.Q(('succeeds', models.F('party')), _negated=True), _connector='OR'), name='participation_succeeds_another_party'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('exists_from', None), ('exists_to', None), ('exists_from__lt', models.F('exists_to')), _connector='OR'), name='party_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None)), fields=('notification', 'party'), name='receipt_once_a_recipient'),
        ),
        migrations.AddConstraint(
            model_name='treaty',
            constraint=models.CheckConstraint(condition=models.Q(('parent', None), models.Q(('parent', models.F('pk')), _negated=True), _connector='OR'), name='treaty_parent_is_another'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='attachment',
            name='notification',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='notifications.notification'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='response',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='notifications.response'),
        ),
        migrations.AddField(
            model_name='concurrence',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='concurrence',
            name='draft',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='concurrences', to='notifications.draft'),
        ),
        migrations.AddField(
            model_name='concurrence',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notifications.party'),
        ),
        migrations.AddField(
            model_name='defect',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='defect',
            name='notification',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='defects', to='notifications.notification'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='notifications.document'),
        ),
        migrations.AddField(
            model_name='fact',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='fact',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='notifications.case'),
        ),
        migrations.AddField(
            model_name='fact',
            name='deadline',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='notifications.deadline'),
        ),
        migrations.AddField(
            model_name='fact',
            name='notification',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='notifications.notification'),
        ),
        migrations.AddField(
            model_name='fact',
            name='party',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notifications.party'),
        ),
        migrations.AddField(
            model_name='fact',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='notifications.fact'),
        ),
        migrations.AddField(
            model_name='outcome',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='outcome',
            name='deadline',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='outcome', to='notifications.deadline'),
        ),
        migrations.AddField(
            model_name='succession',
            name='new',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='predecessions', to='notifications.party'),
        ),
        migrations.AddField(
            model_name='succession',
            name='old',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='successions', to='notifications.party'),
        ),
        migrations.AddConstraint(
            model_name='concurrence',
            constraint=models.UniqueConstraint(fields=('draft', 'party'), name='concurrence_once_a_party'),
        ),
        migrations.AddConstraint(
            model_name='concurrence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('at', None), ('by', None)), models.Q(('at__isnull', False), ('by__isnull', False)), _connector='OR'), name='concurrence_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='defect',
            index=models.Index(fields=['notification'], name='defect_by_act'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('notification', None), ('response__isnull', False)), models.Q(('notification__isnull', False), ('response', None)), _connector='OR'), name='attachment_of_one_record'),
        ),
        migrations.AddIndex(
            model_name='fact',
            index=models.Index(fields=['case', 'on'], name='fact_by_case'),
        ),
        migrations.AddIndex(
            model_name='fact',
            index=models.Index(condition=models.Q(('kind__in', ('stop', 'armed-conflict'))), fields=['on'], name='fact_lasting_by_day'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('stop', 'armed-conflict')), _negated=True), ('until', None), ('until__gte', models.F('on')), _connector='OR'), name='fact_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('extension', 'override')), _negated=True), ('until__isnull', False), _connector='OR'), name='fact_names_the_new_date'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(('days', None), models.Q(('days__gt', 0), ('kind', 'extension')), _connector='OR'), name='fact_extends_by_days'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('override', 'objection')), _negated=True), ('deadline__isnull', False), _connector='OR'), name='fact_on_a_date_names_its_clock'),
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('informed', 'registered')), _negated=True), ('notification__isnull', False), _connector='OR'), name='fact_about_an_act_names_it'),
        ),
        migrations.AddConstraint(
            model_name='succession',
            constraint=models.UniqueConstraint(fields=('old', 'new'), name='succession_once_a_pair'),
        ),
        migrations.AddConstraint(
            model_name='succession',
            constraint=models.CheckConstraint(condition=models.Q(('old', models.F('new')), _negated=True), name='succession_of_another_party'),
        ),
    ]
