import django.db.models.deletion
import django.db.models.functions.datetime
import fraud.models.lists
import fraud.models.outgoing
import fraud.outgoing.signing
import store.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('fraud', '0001_initial'), ('fraud', '0003_lists_and_drafts'), ('fraud', '0004_call_again'), ('fraud', '0005_keep_quiet_answers_together'), ('fraud', '0006_desk'), ('fraud', '0007_backtests'), ('fraud', '0008_figures'), ('fraud', '0009_evidence'), ('fraud', '0011_outgoing'), ('fraud', '0013_prune_messages')]

    initial = True

    dependencies = [
        ('checkout', '0001_first_release'),
        ('store', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='EvidencePack',
            fields=[
            ],
            options={
                'verbose_name': 'evidence pack',
                'verbose_name_plural': 'evidence packs',
                'permissions': [('take_evidence', 'Can take the evidence about an order away as a file')],
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('checkout.order',),
        ),
        migrations.CreateModel(
            name='Assessment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('pass_number', models.PositiveSmallIntegerField(default=1)),
                ('verdict', models.CharField(choices=[('release', 'Release'), ('call', 'Call')], max_length=10)),
                ('points', models.IntegerField()),
                ('assessed_at', models.DateTimeField()),
                ('facts', store.fields.EncryptedTextField(null=True)),
                ('unremarkable', store.fields.EncryptedTextField(null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='checkout.order')),
            ],
            options={
                'indexes': [models.Index(fields=['-assessed_at', '-id'], name='assessment_newest')],
                'constraints': [models.UniqueConstraint(fields=('order', 'pass_number'), name='assessment_once_per_pass')],
            },
        ),
        migrations.CreateModel(
            name='CallTask',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('cause', models.CharField(choices=[('assessed', 'Looks like a stolen card'), ('reassessed', 'New facts came to light'), ('not_captured', 'Looks good, but the gateway refused to take the money')], default='assessed', max_length=20)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done')], default='waiting', max_length=20)),
                ('points', models.IntegerField()),
                ('value', models.PositiveBigIntegerField(default=0, help_text='What the order costs, in minor units: what is at risk.')),
                ('created_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(help_text='Ring by then, or, once rung, decide by then. Whole quarters of an hour.')),
                ('claimed_until', models.DateTimeField(null=True)),
                ('ringing_since', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0, help_text='Calls that nobody answered.')),
                ('callback_at', models.DateTimeField(help_text='Not to be rung before then.', null=True)),
                ('is_callback_agreed', models.BooleanField(default=False, help_text='With the customer, who waits for the call then.')),
                ('give_up_at', models.DateTimeField(help_text="All tries were made: what the desk's rules say happens then.", null=True)),
                ('escalated_at', models.DateTimeField(help_text='Somebody with the right to release should decide.', null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='call_tasks', to='fraud.assessment')),
                ('claimed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='call_tasks', to='checkout.order')),
            ],
            options={
                'verbose_name': 'call',
                'verbose_name_plural': 'calls to make',
                'permissions': [('view_call_queue', 'Can see the call queue, without personal data'), ('work_call_queue', 'Can see the call queue and record calls'), ('release_small_call', 'Can release small orders after a call'), ('release_call', 'Can release orders after a call'), ('cancel_call', 'Can cancel orders after a call'), ('reveal_customer', 'Can see personal data of cases that they have not claimed; each look is written down')],
                'default_permissions': (),
                'indexes': [models.Index(models.F('due_at'), models.OrderBy(models.F('value'), descending=True), models.F('id'), condition=models.Q(('status', 'waiting')), name='call_task_most_urgent'), models.Index(models.F('callback_at'), condition=models.Q(('callback_at__isnull', False), ('status', 'waiting')), name='call_task_callback'), models.Index(models.F('give_up_at'), condition=models.Q(('give_up_at__isnull', False), ('status', 'waiting')), name='call_task_give_up'), models.Index(models.OrderBy(models.F('closed_at'), descending=True), condition=models.Q(('status', 'done')), name='call_task_newest_done')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('order',), name='one_open_call_task_per_order'), models.CheckConstraint(condition=models.Q(models.Q(('claimed_by', None), ('claimed_until', None)), models.Q(('claimed_by__isnull', False), ('claimed_until__isnull', False)), _connector='OR'), name='claim_has_holder_and_end'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('status', 'waiting')), models.Q(models.Q(('status', 'waiting'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='call_task_closed_at_its_end')],
            },
        ),
        migrations.CreateModel(
            name='Figures',
            fields=[
            ],
            options={
                'verbose_name': 'figures',
                'verbose_name_plural': 'figures',
                'permissions': [('view_figures', 'Can see the figures of the call desk'), ('export_decisions', 'Can take the decisions of reviewers away as a file')],
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('fraud.calltask',),
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('release', 'Release'), ('cancel', 'Cancel'), ('propose', 'Release, if a second person agrees'), ('object', 'Do not release: the second person does not agree'), ('escalate', 'Let somebody else decide'), ('failed', 'Could not be carried out'), ('correct', 'Correction')], max_length=20)),
                ('reason', models.CharField(choices=[('verified', 'Verified by phone'), ('known', 'Known customer'), ('gift', 'The gift is explained'), ('liability', 'The bank bears the loss (3-D Secure)'), ('other', 'Another reason, written in the note'), ('denied', 'The cardholder denies the order'), ('unverified', 'The customer could not be verified'), ('false_number', 'The phone number is false'), ('no_answer', 'No answer before the deadline'), ('customer', 'The customer asked for it'), ('superseded', 'The customer started again with another order'), ('sold_out', 'Paid too late and sold out meanwhile'), ('deadline', 'Nobody decided before the authorisation lapsed'), ('authorisation_lost', "The card's authorisation lapsed"), ('shop', 'The shop cannot deliver'), ('unsure', 'Not sure'), ('amount', 'Above what I may release'), ('language', 'We share no language'), ('pressure', 'The customer presses or threatens'), ('ring', 'Looks like several orders of one thief'), ('disagrees', 'The second person does not agree'), ('refused', 'It could not be carried out'), ('unreached', 'Nobody was reached in all tries'), ('mistake', 'The entry was a mistake')], max_length=20)),
                ('note', store.fields.EncryptedTextField(max_length=2000, multiline=True, null=True)),
                ('at', models.DateTimeField()),
                ('about', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='fraud.decision')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='fraud.calltask')),
            ],
            options={
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['task', 'at'], name='decision_task_at'), models.Index(fields=['at'], name='decision_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'correct'), _negated=True), ('about__isnull', False), _connector='OR'), name='correction_names_what_it_corrects')],
            },
        ),
        migrations.AddField(
            model_name='calltask',
            name='proposal',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fraud.decision'),
        ),
        migrations.CreateModel(
            name='DeskRules',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=4, help_text='How often an unreached customer is rung, at different hours of their day.')),
                ('days', models.PositiveSmallIntegerField(default=2, help_text='Over how many days the tries are spread.')),
                ('grace_hours', models.PositiveSmallIntegerField(default=12, help_text='Hours the customer has to ring back after the last try.')),
                ('when_unreached', models.CharField(choices=[('cancel', 'Cancel the order; nothing is charged'), ('escalate', 'Let somebody with the right to release decide')], default='cancel', max_length=20, verbose_name='after that')),
                ('release_limit', models.PositiveBigIntegerField(default=0, help_text='What those may release who have the right for small orders only.', verbose_name='small orders, up to')),
                ('second_above', models.PositiveBigIntegerField(blank=True, help_text='Above it a second person must agree to a release.', null=True, verbose_name='two people above')),
                ('currency', models.CharField(max_length=3)),
                ('note', models.CharField(blank=True, help_text='Why they were changed.', max_length=300)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': "version of the desk's rules",
                'verbose_name_plural': 'desk rules',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('tries__gte', 1), ('days__gte', 1)), name='desk_rules_try_at_least_once')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.CharField(max_length=60)),
                ('grade', models.CharField(blank=True, max_length=40)),
                ('answer', models.CharField(choices=[('hit', 'Hit'), ('clear', 'Clear'), ('no_data', 'No data'), ('error', 'Error')], max_length=10)),
                ('points', models.IntegerField(default=0)),
                ('is_decisive', models.BooleanField(default=False, help_text='Calls by itself, whatever the sum.')),
                ('is_observed', models.BooleanField(default=False, help_text='Only looked on: the points were not counted.')),
                ('reason', store.fields.EncryptedTextField(null=True)),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='fraud.assessment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('assessment', 'code'), name='finding_once_per_rule')],
            },
        ),
        migrations.CreateModel(
            name='ListEntry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('email', 'E-mail address'), ('phone', 'Phone number'), ('address', 'Address'), ('card', "Card (the gateway's fingerprint)"), ('ip', 'IP address'), ('sku', 'SKU'), ('domain', 'E-mail domain'), ('forwarder', "Freight forwarder's building"), ('country', 'Country')], max_length=10)),
                ('effect', models.CharField(choices=[('allow', 'Allow: speaks for the order'), ('review', 'Review: worth a call'), ('block', 'Block: always a call, whatever else is known'), ('watch', 'Watch: a rule counts it')], max_length=10)),
                ('value', store.fields.EncryptedTextField(max_length=400, multiline=True, null=True)),
                ('digest', fraud.models.lists.ListDigestField(kind='email', source=('value',))),
                ('reason', store.fields.EncryptedTextField(max_length=500)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('added_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='checkout.order')),
                ('removed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'list entry',
                'verbose_name_plural': 'list entries',
                'permissions': [('change_lists', 'Can put people and things on the fraud lists, and take them off')],
                'default_permissions': ('view',),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('effect__in', ['allow', 'review', 'block']), ('kind__in', ['email', 'phone', 'address', 'card', 'ip'])), models.Q(('effect', 'watch'), ('kind__in', ['sku', 'domain', 'forwarder', 'country'])), _connector='OR'), name='list_effect_goes_with_kind'), models.CheckConstraint(condition=models.Q(models.Q(('removed_at', None), ('removed_by', None)), models.Q(('removed_at__isnull', False), ('removed_by__isnull', False)), _connector='OR'), name='list_entry_removed_by_somebody'), models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('kind', 'effect', 'digest'), name='list_entry_once')],
            },
        ),
        migrations.CreateModel(
            name='Looking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='fraud.calltask')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('task', 'by'), name='looking_once_per_person')],
            },
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('threshold', models.PositiveIntegerField(help_text='From so many points on, the customer is rung.')),
                ('points', models.JSONField(help_text='Rule and grade -> points; below zero is trust.')),
                ('always_call', models.JSONField(default=list, help_text='Rules and grades that call whatever else is known.')),
                ('modes', models.JSONField(default=dict, help_text='Rule -> observe or off; a rule that is not named is on.')),
                ('limits', models.JSONField(default=dict, help_text='Rule and limit -> number.')),
                ('note', models.CharField(blank=True, help_text='What changed, and why.', max_length=200)),
                ('created_at', models.DateTimeField()),
                ('is_active', models.BooleanField(default=False)),
                ('activated_at', models.DateTimeField(null=True)),
                ('activated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'policies',
                'permissions': [('view_scorecard', 'Can see how each rule has done')],
                'default_permissions': ('view', 'change'),
                'constraints': [models.CheckConstraint(condition=models.Q(('threshold__gte', 1)), name='policy_threshold_positive'), models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('is_active',), name='one_active_policy'), models.CheckConstraint(condition=models.Q(('is_active', False), ('activated_at__isnull', False), _connector='OR'), name='active_policy_was_activated')],
            },
        ),
        migrations.AddField(
            model_name='assessment',
            name='policy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='fraud.policy'),
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('url', models.CharField(help_text='https://…', max_length=500, validators=[fraud.models.outgoing.may_be_dialled], verbose_name='address')),
                ('note', models.CharField(blank=True, help_text='Whose it is.', max_length=100)),
                ('kinds', models.CharField(blank=True, help_text='Kinds it wants, separated by spaces; empty for all.', max_length=200, verbose_name='only')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('secret', store.fields.EncryptedTextField(default=fraud.outgoing.signing.new_secret, editable=False)),
                ('former_secret', store.fields.EncryptedTextField(editable=False, null=True)),
                ('rotated_at', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'webhook endpoint',
                'default_permissions': ('view', 'add', 'change'),
            },
        ),
        migrations.CreateModel(
            name='OutgoingMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tries', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('next_try_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('error', models.CharField(blank=True, db_default='', default='', help_text='The class of the last error; never its text.', max_length=80)),
                ('message_id', models.CharField(default=fraud.models.outgoing._random_id, editable=False, max_length=40, unique=True)),
                ('kind', models.CharField(choices=[('order.flagged', 'Order flagged'), ('order.released', 'Order released'), ('order.cancelled', 'Order cancelled'), ('order.disputed', 'Order disputed'), ('order.dispute_decided', 'Dispute decided'), ('test', 'Test')], max_length=40)),
                ('data', models.JSONField()),
                ('written_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('status_code', models.PositiveSmallIntegerField(help_text="The receiver's last answer.", null=True)),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='checkout.order')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='fraud.webhookendpoint')),
            ],
            options={
                'verbose_name': 'outgoing message',
                'default_permissions': ('view',),
                'indexes': [models.Index(condition=models.Q(('sent_at', None)), fields=['next_try_at'], name='outgoing_waiting'), models.Index(condition=models.Q(('sent_at__isnull', False)), fields=['sent_at'], name='outgoing_taken')],
            },
        ),
        migrations.CreateModel(
            name='Backtest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(help_text='The draft or version that was tried.', verbose_name='version tried')),
                ('against', models.PositiveIntegerField(help_text='The version that it was compared with.', verbose_name='set against')),
                ('tried', models.JSONField(help_text='The policy that was tried, as it was.')),
                ('base', models.JSONField(help_text='The policy that it was compared with.')),
                ('days', models.PositiveSmallIntegerField(help_text='So many days back.')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('stopped', 'Stopped'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('total', models.PositiveIntegerField(default=0, help_text='Orders to be judged.')),
                ('done', models.PositiveIntegerField(default=0, help_text='Orders judged.')),
                ('result', models.JSONField(help_text='What was counted (fraud/backtest.py).', null=True)),
                ('error', models.CharField(blank=True, help_text='The class of the error that ended it.', max_length=80)),
                ('created_at', models.DateTimeField()),
                ('moved_at', models.DateTimeField(help_text='When it last told how far it is.')),
                ('finished_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'permissions': [('run_backtest', 'Can try a policy on past orders')],
                'default_permissions': ('view',),
                'constraints': [models.CheckConstraint(condition=models.Q(('done__lte', models.F('total'))), name='backtest_done_within_total'), models.CheckConstraint(condition=models.Q(('since__lt', models.F('until'))), name='backtest_since_before_until'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'done'), _negated=True), ('result__isnull', False), _connector='OR'), name='backtest_done_has_result')],
            },
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(help_text='When it was written down.')),
                ('started_at', models.DateTimeField(help_text='When the reviewer began to ring; empty if that was not noted.', null=True)),
                ('ended_at', models.DateTimeField(help_text='When it was over.', null=True)),
                ('number', store.fields.EncryptedTextField(max_length=40, null=True, verbose_name='number dialled')),
                ('source', models.CharField(choices=[('order', 'The order'), ('payer', 'The payment page'), ('account', 'Another order of the account'), ('past', 'A past good order'), ('look_up', 'Looked up by us'), ('inbound', 'The customer rang us')], default='order', max_length=20, verbose_name='number from')),
                ('outcome', models.CharField(choices=[('reached', 'Reached the customer'), ('no_answer', 'No answer'), ('voicemail', 'Voicemail'), ('wrong_person', 'Wrong person'), ('bad_number', 'Bad number'), ('refused', 'Would not talk')], max_length=20)),
                ('answer', models.CharField(blank=True, choices=[('confirms', 'Confirms the order'), ('denies', 'Knows nothing of it'), ('unclear', 'Unclear')], max_length=20)),
                ('answers', models.JSONField(blank=True, default=dict)),
                ('callback_at', models.DateTimeField(help_text='When to ring again, as agreed.', null=True)),
                ('note', store.fields.EncryptedTextField(max_length=2000, multiline=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('corrects', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='fraud.call')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='fraud.calltask')),
            ],
            options={
                'verbose_name': 'recorded call',
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['task', 'at'], name='call_task_at'), models.Index(fields=['at'], name='call_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'reached'), models.Q(('answer', ''), _negated=True)), models.Q(models.Q(('outcome', 'reached'), _negated=True), ('answer', '')), _connector='OR'), name='call_answer_only_when_reached'), models.CheckConstraint(condition=models.Q(('started_at', None), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='call_ends_after_it_starts')],
            },
        ),
    ]
