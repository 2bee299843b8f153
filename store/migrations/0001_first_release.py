import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import store.blind_index
import store.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('store', '0001_initial'), ('store', '0002_tries'), ('store', '0003_keys_and_erasures'), ('store', '0004_sign_ups'), ('store', '0005_staff_search'), ('store', '0006_backup_runs'), ('store', '0007_schedules_and_workers'), ('store', '0008_card_scans'), ('store', '0009_staff_lookups'), ('store', '0010_audit_log'), ('store', '0011_second_factor'), ('store', '0012_old_passwords'), ('store', '0013_passkeys')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('django_tasks_database', '0021_conditional_partial_index_ordering'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.UUIDField(default=uuid.UUID('5ea1ed00-0000-4000-8000-000000000001'), editable=False, primary_key=True, serialize=False)),
                ('chain_key', store.fields.EncryptedTextField()),
                ('n', models.PositiveBigIntegerField(default=0)),
                ('last', models.CharField(blank=True, max_length=64)),
                ('seal', models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='BackupRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('backup', 'Backup'), ('drill', 'Restore drill'), ('restore', 'Restore')], max_length=10)),
                ('at', models.DateTimeField(db_index=True)),
                ('seconds', models.FloatField()),
                ('is_good', models.BooleanField()),
                ('backup', models.CharField(blank=True, max_length=40)),
                ('message', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='CardScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('hits', models.PositiveIntegerField()),
                ('steps', models.PositiveBigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('digest', models.CharField(db_index=True, max_length=64)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='KeyCheck',
            fields=[
                ('name', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('fingerprint', models.CharField(max_length=16)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='KnownPlace',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('until', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Schedule',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('due_at', models.DateTimeField()),
                ('task_id', models.CharField(blank=True, max_length=64)),
                ('ran_at', models.DateTimeField(null=True)),
                ('report', models.CharField(blank=True, help_text='What the last run said it did.', max_length=300)),
                ('is_good', models.BooleanField(default=True, help_text='Whether the last run did all it should.')),
            ],
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', store.fields.EncryptedTextField(max_length=254, verbose_name='e-mail')),
                ('email_index', store.blind_index.BlindIndexField(kind='email', source=('email',))),
                ('name', store.fields.EncryptedTextField(blank=True, default='', max_length=150)),
                ('password', models.CharField(max_length=128)),
                ('made_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Tries',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField()),
                ('free_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'verbose_name_plural': 'tries',
            },
        ),
        migrations.CreateModel(
            name='Worker',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField()),
                ('beat_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
            ],
            options={
                'permissions': [('retry_job', 'Can have jobs, mails and gateway events tried again')],
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('django_tasks_database.dbtaskresult',),
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', store.fields.EncryptedTextField(max_length=254, validators=[django.core.validators.EmailValidator()], verbose_name='e-mail')),
                ('email_index', store.blind_index.BlindIndexField(error_messages={'unique': 'There is an account with this e-mail address already.'}, kind='email', source=('email',), unique=True)),
                ('name', store.fields.EncryptedTextField(blank=True, default='', max_length=150)),
                ('is_staff', models.BooleanField(default=False, help_text='May use the staff pages.', verbose_name='staff')),
                ('has_staff_password', models.BooleanField(default=False, editable=False)),
                ('is_active', models.BooleanField(default=True, help_text='Take this away instead of deleting an account.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('session_salt', models.CharField(blank=True, default='', editable=False, max_length=32)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
            },
        ),
        migrations.CreateModel(
            name='ErasedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=64)),
                ('row', models.UUIDField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('table', 'row'), name='erased_row_once')],
            },
        ),
        migrations.CreateModel(
            name='OldPassword',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128)),
                ('set_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('credential', models.CharField(max_length=1400, unique=True)),
                ('public_key', models.TextField()),
                ('sign_count', models.PositiveBigIntegerField()),
                ('name', store.fields.EncryptedTextField(max_length=60)),
                ('made_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passkeys', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='StaffLookup',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('what', models.CharField(max_length=40)),
                ('digests', models.CharField(blank=True, max_length=200)),
                ('made_at', models.DateTimeField(db_index=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='StaffSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=40)),
                ('at', models.DateTimeField(db_index=True)),
                ('is_allowed', models.BooleanField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'staff searches',
            },
        ),
        migrations.CreateModel(
            name='AuditRow',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('n', models.PositiveBigIntegerField(unique=True)),
                ('at', models.DateTimeField(db_index=True)),
                ('action', models.CharField(max_length=60)),
                ('object_type', models.CharField(blank=True, max_length=60)),
                ('object_id', models.CharField(blank=True, max_length=64)),
                ('field_names', models.CharField(blank=True, max_length=400, verbose_name='fields')),
                ('address', store.fields.EncryptedTextField(blank=True, default='', max_length=45, verbose_name='from')),
                ('why', store.fields.EncryptedTextField(blank=True, default='', max_length=500, multiline=True)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('seal', models.CharField(max_length=64)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
                'permissions': [('export_audit', 'Can take the audit log away as a file')],
                'indexes': [models.Index(fields=['object_type', 'object_id', 'n'], name='audit_by_object')],
            },
        ),
        migrations.CreateModel(
            name='Authenticator',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('secret', store.fields.EncryptedTextField()),
                ('made_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('last_step', models.PositiveBigIntegerField(default=0)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='authenticators', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('confirmed_at__isnull', False)), fields=('user',), name='authenticator_one_in_use'), models.UniqueConstraint(condition=models.Q(('confirmed_at__isnull', True)), fields=('user',), name='authenticator_one_being_set_up')],
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'digest'), name='recovery_code_once')],
            },
        ),
    ]
