import catalog.models.attribute
import catalog.models.text
import django.db.models.deletion
import store.blind_index
import store.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('catalog', '0001_initial'), ('catalog', '0003_options_and_attributes'), ('catalog', '0004_words'), ('catalog', '0005_prices'), ('catalog', '0006_old_addresses'), ('catalog', '0007_waits_and_wishes'), ('catalog', '0008_wait_language'), ('catalog', '0009_short_questions'), ('catalog', '0010_texts'), ('catalog', '0011_search_texts')]

    initial = True

    dependencies = [
        ('store', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attribute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(help_text='Its name in addresses of lists.', max_length=30, unique=True, validators=[catalog.models.attribute.check_code])),
                ('name', models.CharField(max_length=40)),
                ('kind', models.CharField(choices=[('choice', 'one or more of a list'), ('number', 'a number'), ('flag', 'yes or no')], max_length=6)),
                ('unit', models.CharField(blank=True, help_text='Of a number: kg, cm …', max_length=12)),
                ('is_facet', models.BooleanField(default=True, verbose_name='offered as a filter')),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='MissedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.CharField(max_length=60, unique=True)),
                ('times', models.PositiveIntegerField(default=1)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'search without result',
                'verbose_name_plural': 'searches without result',
            },
        ),
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stem', models.CharField(blank=True, editable=False, max_length=120)),
                ('widths', models.JSONField(blank=True, default=list, editable=False)),
                ('width', models.PositiveIntegerField(default=0, editable=False)),
                ('height', models.PositiveIntegerField(default=0, editable=False)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('alt', models.CharField(max_length=200, verbose_name='what it shows')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('alt', ''), _negated=True), models.Q(('stem', ''), _negated=True)), name='catalog_picture_complete')],
            },
        ),
        migrations.CreateModel(
            name='Word',
            fields=[
                ('word', models.CharField(max_length=40, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='AttributeChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=40)),
                ('name', models.CharField(max_length=60)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('attribute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='choices', to='catalog.attribute')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('attribute', 'slug'), name='catalog_attributechoice_slug')],
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stem', models.CharField(blank=True, editable=False, max_length=120)),
                ('widths', models.JSONField(blank=True, default=list, editable=False)),
                ('width', models.PositiveIntegerField(default=0, editable=False)),
                ('height', models.PositiveIntegerField(default=0, editable=False)),
                ('slug', models.SlugField(max_length=60)),
                ('name', models.CharField(max_length=80)),
                ('blurb', models.CharField(blank=True, max_length=240)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('path', models.CharField(editable=False, max_length=240, unique=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='catalog.category')),
            ],
            options={
                'verbose_name_plural': 'categories',
                'constraints': [models.CheckConstraint(condition=models.Q(('path', ''), _negated=True), name='catalog_category_has_path')],
            },
        ),
        migrations.CreateModel(
            name='CategoryText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(help_text='As in addresses: de.', max_length=8, validators=[catalog.models.text.check_language])),
                ('name', models.CharField(max_length=80)),
                ('blurb', models.CharField(blank=True, max_length=240)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='catalog.category')),
            ],
            options={
                'verbose_name': 'translation',
                'constraints': [models.UniqueConstraint(fields=('category', 'language'), name='catalog_categorytext_once')],
            },
        ),
        migrations.CreateModel(
            name='Phrase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(help_text='As in addresses: de.', max_length=8, validators=[catalog.models.text.check_language])),
                ('phrase', models.CharField(max_length=120, verbose_name='in the first language')),
                ('said', models.CharField(max_length=160, verbose_name='in this one')),
            ],
            options={
                'verbose_name': 'shared phrase',
                'constraints': [models.UniqueConstraint(fields=('language', 'phrase'), name='catalog_phrase_once')],
            },
        ),
        migrations.CreateModel(
            name='PictureText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(help_text='As in addresses: de.', max_length=8, validators=[catalog.models.text.check_language])),
                ('alt', models.CharField(max_length=200, verbose_name='what it shows')),
                ('picture', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='catalog.picture')),
            ],
            options={
                'verbose_name': 'picture in another language',
                'verbose_name_plural': 'pictures in other languages',
                'constraints': [models.UniqueConstraint(fields=('picture', 'language'), name='catalog_picturetext_once')],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=120, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('brand', models.CharField(blank=True, max_length=80)),
                ('tagline', models.CharField(blank=True, max_length=200)),
                ('description', models.TextField(blank=True)),
                ('facts', models.JSONField(blank=True, default=list)),
                ('option_types', models.JSONField(blank=True, null=True)),
                ('is_active', models.BooleanField(default=True)),
                ('is_featured', models.BooleanField(default=False)),
                ('price_from', models.PositiveBigIntegerField(editable=False, null=True)),
                ('created_at', models.DateTimeField()),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalog.category')),
                ('related', models.ManyToManyField(blank=True, related_name='+', to='catalog.product', verbose_name='goes with')),
            ],
            options={
                'indexes': [models.Index(fields=['-created_at', '-id'], name='catalog_product_newest'), models.Index(fields=['price_from', 'id'], name='catalog_product_price'), models.Index(fields=['name', 'id'], name='catalog_product_name'), models.Index(condition=models.Q(('is_active', True), ('is_featured', True)), fields=['-created_at'], name='catalog_product_featured')],
            },
        ),
        migrations.AddField(
            model_name='picture',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pictures', to='catalog.product'),
        ),
        migrations.CreateModel(
            name='OldAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=250, unique=True)),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.category')),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.product')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('product__isnull', False), ('category__isnull', False), _connector='XOR'), name='catalog_oldaddress_leads_somewhere')],
            },
        ),
        migrations.CreateModel(
            name='ProductAttribute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True)),
                ('flag', models.BooleanField(blank=True, null=True, verbose_name='yes or no')),
                ('attribute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='catalog.attribute')),
                ('choice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.attributechoice')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='catalog.product')),
            ],
            options={
                'verbose_name': 'attribute',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('choice__isnull', False), ('flag__isnull', True), ('number__isnull', True)), models.Q(('choice__isnull', True), ('flag__isnull', True), ('number__isnull', False)), models.Q(('choice__isnull', True), ('flag__isnull', False), ('number__isnull', True)), _connector='OR'), name='catalog_productattribute_one_answer'), models.UniqueConstraint(fields=('product', 'attribute', 'choice'), name='catalog_productattribute_once'), models.UniqueConstraint(condition=models.Q(('choice__isnull', True)), fields=('product', 'attribute'), name='catalog_productattribute_plain_once')],
            },
        ),
        migrations.CreateModel(
            name='ProductText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(help_text='As in addresses: de.', max_length=8, validators=[catalog.models.text.check_language])),
                ('name', models.CharField(max_length=120)),
                ('tagline', models.CharField(blank=True, max_length=200)),
                ('description', models.TextField(blank=True)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='catalog.product')),
            ],
            options={
                'verbose_name': 'translation',
                'constraints': [models.UniqueConstraint(fields=('product', 'language'), name='catalog_producttext_once')],
            },
        ),
        migrations.CreateModel(
            name='Variant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku', models.CharField(max_length=40, unique=True, verbose_name='SKU')),
                ('label', models.CharField(blank=True, max_length=80)),
                ('options', models.JSONField(blank=True, default=dict)),
                ('price', models.PositiveBigIntegerField()),
                ('usual_price', models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                ('weight_g', models.PositiveIntegerField(default=0, verbose_name='weight (g)')),
                ('on_hand', models.PositiveIntegerField(default=0)),
                ('held', models.PositiveIntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='variants', to='catalog.product')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('is_active', True)), fields=['product', 'price'], name='catalog_variant_offer'), models.Index(condition=models.Q(('is_active', True)), fields=['price'], name='catalog_variant_price')],
                'constraints': [models.CheckConstraint(condition=models.Q(('held__gte', 0), ('held__lte', models.F('on_hand'))), name='catalog_variant_held_within_on_hand'), models.CheckConstraint(condition=models.Q(('price__gt', 0)), name='catalog_variant_price_positive')],
            },
        ),
        migrations.CreateModel(
            name='StockWait',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', store.fields.EncryptedTextField(max_length=254, verbose_name='e-mail')),
                ('email_index', store.blind_index.BlindIndexField(kind='email', source=('email',))),
                ('language', models.CharField(db_default='en', default='en', max_length=8)),
                ('asked_at', models.DateTimeField(db_index=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('next_try_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.variant')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('confirmed_at__isnull', False)), fields=['confirmed_at'], name='catalog_stockwait_confirmed')],
                'constraints': [models.UniqueConstraint(fields=('variant', 'email_index'), name='catalog_stockwait_once')],
            },
        ),
        migrations.CreateModel(
            name='StockMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('hold', 'held for an order'), ('release', 'hold given back'), ('take', 'left the shop'), ('return', 'came back'), ('count', 'counted or received')], max_length=8)),
                ('on_hand_delta', models.IntegerField(default=0)),
                ('held_delta', models.IntegerField(default=0)),
                ('cause', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stock_moves', to='catalog.variant')),
            ],
            options={
                'indexes': [models.Index(fields=['cause'], name='catalog_stockmove_cause')],
                'constraints': [models.UniqueConstraint(fields=('variant', 'cause'), name='catalog_stockmove_once'), models.CheckConstraint(condition=models.Q(('cause', ''), _negated=True), name='catalog_stockmove_has_cause')],
            },
        ),
        migrations.CreateModel(
            name='PriceRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price', models.PositiveBigIntegerField()),
                ('from_at', models.DateTimeField(verbose_name='from')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='price_rows', to='catalog.variant')),
            ],
            options={
                'verbose_name': 'past price',
                'indexes': [models.Index(fields=['variant', 'from_at'], name='catalog_pricerow_of_variant')],
            },
        ),
        migrations.CreateModel(
            name='PriceChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price', models.PositiveBigIntegerField()),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('status', models.CharField(choices=[('waiting', 'to come'), ('running', 'a sale, running'), ('over', 'done'), ('cancelled', 'called off')], default='waiting', editable=False, max_length=9)),
                ('lowest_before', models.PositiveBigIntegerField(editable=False, null=True)),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='price_changes', to='catalog.variant')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'waiting')), fields=['starts_at'], name='catalog_pricechange_to_start'), models.Index(condition=models.Q(('status', 'running')), fields=['ends_at'], name='catalog_pricechange_to_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(('price__gt', 0)), name='catalog_pricechange_price_positive'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='catalog_pricechange_ends_after_start'), models.UniqueConstraint(condition=models.Q(('status', 'running')), fields=('variant',), name='catalog_pricechange_one_sale_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='WishList',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('updated_at', models.DateTimeField(db_index=True)),
                ('customer', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Wish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField()),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.product')),
                ('wish_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='catalog.wishlist')),
            ],
            options={
                'verbose_name_plural': 'wishes',
                'constraints': [models.UniqueConstraint(fields=('wish_list', 'product'), name='catalog_wish_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='picture',
            constraint=models.UniqueConstraint(fields=('product', 'position'), name='catalog_picture_place'),
        ),
    ]
