"""Every setting of the shop, read from the environment once.

`X` may also be given as `X_FILE`, the path of a file that holds the value (Docker and Kubernetes secrets). `ENV_FILE` names
a file of `X=value` lines that is read first; `make demo` and the tests use it. Production keys have no default: a missing
one stops the start.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.dateparse import parse_datetime
from environ.fileaware_mapping import FileAwareMapping

BASE_DIR = Path(__file__).resolve().parent.parent


class TrimmedFiles(FileAwareMapping):  # type: ignore[misc]  # untyped
    """`X_FILE`, without the line break that every editor leaves at the end."""

    def __getitem__(self, key: str) -> str:
        """Return the value of a variable or of its file. Raises `KeyError` where neither is set."""
        value: str = super().__getitem__(key)
        return value.strip() if self.env.get(f"{key}_FILE") else value


class Env(environ.FileAwareEnv):  # type: ignore[misc]  # same
    """The environment, with secrets in files."""

    ENVIRON = TrimmedFiles()


env = Env()
if env_file := env.str("ENV_FILE", default=""):
    env.read_env(BASE_DIR / env_file)

# -- What kind of run this is ----------------------------------------------------------------------------------------------
DEMO = env.bool("DEMO", default=False)  # sample data, log-ins printed, plain HTTP, mail on a page; never in production
DEBUG = env.bool("DEBUG", default=False)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))  # everything written at run time lives here

# -- Keys (see store/keyring.py) -------------------------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_KEYS = env.str("FIELD_KEYS")  # "kid:key,kid2:key2"; the first writes, all read
INDEX_KEY = env.str("INDEX_KEY")  # blind indexes

# -- The shop --------------------------------------------------------------------------------------------------------------
SHOP_NAME = env.str("SHOP_NAME", default="Ringback")
SHOP_ORIGIN = env.str("SHOP_ORIGIN", default="http://127.0.0.1:8000" if DEMO else "")  # as in https://shop.example
SHOP_CURRENCY = env.str("SHOP_CURRENCY", default="USD")
SHOP_COUNTRY = env.str("SHOP_COUNTRY", default="US")
SHOP_PHONE = env.str("SHOP_PHONE", default="+1 415 555 0142")  # the number our calls come from; mails name it
# Prices as in Europe: the tax is part of them, and worked out of them. Otherwise it is added at the checkout.
PRICES_INCLUDE_TAX = env.bool("PRICES_INCLUDE_TAX", default=False)
# With it, businesses in other countries of the EU may buy without VAT; without it their numbers aren't asked for.
SHOP_VAT_NUMBER = env.str("SHOP_VAT_NUMBER", default="")
MAX_ORDER_TOTAL = env.int("MAX_ORDER_TOTAL", default=5_000_000)  # minor units; above it, customers are asked to ring
REFUND_ASKS_ABOVE = env.int("REFUND_ASKS_ABOVE", default=20_000)  # minor units; above it, staff show again who they are
LIMITS = env.dict("LIMITS", default={})  # "orders_by_address=100,carts_by_address=600": rows of docs/limits.md
# Where reviewers look a customer's number up: {"Directory": "https://directory.example/?who={name}&where={city}"}, with
# {name}, {city}, {postcode}, {region} and {country} of bill-to. Only who follows the link tells that site anything.
NUMBER_LOOKUPS = env.json("NUMBER_LOOKUPS", default={})
# Who sells, as the law wants it on an invoice. The address with a bar between its lines: "12 Mill Lane|Portland, OR 97214".
_SAMPLE = "12 Mill Lane|Portland, OR 97214" if DEMO else ""
SELLER_NAME = env.str("SELLER_NAME", default="")  # the company's full name; the shop's name without it
SELLER_ADDRESS = [line.strip() for line in env.str("SELLER_ADDRESS", default=_SAMPLE).split("|") if line.strip()]
SELLER_TAX_ID = env.str("SELLER_TAX_ID", default="")  # the VAT number, or whatever tax number an invoice must name
SELLER_NOTE = env.str("SELLER_NOTE", default="")  # a line at the foot: register, bank, who represents the company
SHOP_TIME_ZONE = env.str("SHOP_TIME_ZONE", default="America/New_York")
RETURN_DAYS = env.int("RETURN_DAYS", default=30)  # from shipping; how long a shopper may ask to return something
WITHDRAWAL_DAYS = env.int("WITHDRAWAL_DAYS", default=14)  # from receipt; the law of the EU asks for 14 at the least
# An order that nobody has paid gets one mail after so many minutes, while it can still be paid; 0: none.
PAYMENT_REMINDER_MINUTES = env.int("PAYMENT_REMINDER_MINUTES", default=10)
TRAVEL_DAYS = env.int("TRAVEL_DAYS", default=7)  # the longest way of a parcel: the shop does not hear of its arrival
CLOSED_DAYS = frozenset(env.list("CLOSED_DAYS", default=[]))  # no parcel leaves or comes then: 2026-12-25,2026-12-26
# Where other carriers show a parcel, as in {"Post": "https://post.example/?n={number}"}; the large ones are known.
CARRIERS = env.json("CARRIERS", default={})
RETURN_ADDRESS = env.str("RETURN_ADDRESS", default="")  # as on a parcel; without it staff write it each time
HOSTING_PATH = env.str("HOSTING_PATH", default="")  # a file of networks that servers use, one a line (fraud/hosting.py)
GEOIP_PATH = env.str("GEOIP_PATH", default="")  # a file in MaxMind's format that knows countries; without it no IP has one
POSTCODES_PATH = env.str("POSTCODES_PATH", default="")  # where postcodes lie, made by `manage.py make_postcodes`

# Webhooks of ours may go to this machine: in the demo, and in tests. Elsewhere only to the public internet, by https.
OUTGOING_KEEP_DAYS = env.int("OUTGOING_KEEP_DAYS", default=90)  # how long messages that were taken are kept
OUTGOING_ALLOW_LOOPBACK = DEMO and env.bool("OUTGOING_ALLOW_LOOPBACK", default=False)

# -- Payment gateways: name -> (dotted path, settings), as CACHES does. The first is the one offered first. One without a key
# is off. -------------------------------------------------------------------------------------------------------------------
STRIPE_API_KEY = env.str("STRIPE_API_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")  # several with commas, while one is being replaced
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="https://api.stripe.com")
STRIPE_CHECKOUT_ORIGIN = env.str("STRIPE_CHECKOUT_ORIGIN", default="https://checkout.stripe.com")  # of the hosted page
PAYPAL_CLIENT_ID = env.str("PAYPAL_CLIENT_ID", default="")
PAYPAL_CLIENT_SECRET = env.str("PAYPAL_CLIENT_SECRET", default="")
PAYPAL_WEBHOOK_ID = env.str("PAYPAL_WEBHOOK_ID", default="")  # several with commas, while one is being replaced
PAYPAL_MERCHANT_ID = env.str("PAYPAL_MERCHANT_ID", default="")  # if set, a payment into another account is set aside
PAYPAL_API_BASE = env.str("PAYPAL_API_BASE", default="https://api-m.paypal.com").rstrip("/")
PAYPAL_CA_FILE = env.str("PAYPAL_CA_FILE", default="")  # of a stand-in; PayPal's own certificates lead to the public CAs
# Where PayPal's page and the certificates of its webhooks are. A stand-in (in the demo only: checkout.E004) has all in one.
PAYPAL_PAGE_ORIGIN, PAYPAL_CERT_ORIGIN = {
    "https://api-m.paypal.com": ("https://www.paypal.com", "https://api.paypal.com"),
    "https://api-m.sandbox.paypal.com": ("https://www.sandbox.paypal.com", "https://api.sandbox.paypal.com"),
}.get(PAYPAL_API_BASE, (PAYPAL_API_BASE, PAYPAL_API_BASE))
PLAY_MONEY = env.bool("PLAY_MONEY", default=False)  # a shop for practice at a public host (checkout.E008)
PAYMENT_GATEWAYS: dict[str, dict[str, str]] = {}
if STRIPE_API_KEY:
    if not STRIPE_WEBHOOK_SECRET.strip(" ,"):
        raise ImproperlyConfigured(
            "STRIPE_API_KEY is set and STRIPE_WEBHOOK_SECRET is empty: anybody could forge a webhook. The shop did not "
            "start. Copy the signing secret of the webhook endpoint from Stripe's dashboard."
        )
    PAYMENT_GATEWAYS["stripe"] = {
        "BACKEND": "checkout.gateways.stripe.StripeGateway",
        "api_key": STRIPE_API_KEY,
        "webhook_secret": STRIPE_WEBHOOK_SECRET,
        "api_base": STRIPE_API_BASE,
    }
if PAYPAL_CLIENT_ID:
    if not PAYPAL_WEBHOOK_ID.strip(" ,"):
        raise ImproperlyConfigured(
            "PAYPAL_CLIENT_ID is set and PAYPAL_WEBHOOK_ID is empty: anybody with a PayPal account could send the shop "
            "webhooks. The shop did not start. Copy the id of the webhook from PayPal's developer dashboard."
        )
    PAYMENT_GATEWAYS["paypal"] = {
        "BACKEND": "checkout.gateways.paypal.PayPalGateway",
        "client_id": PAYPAL_CLIENT_ID,
        "client_secret": PAYPAL_CLIENT_SECRET,
        "webhook_id": PAYPAL_WEBHOOK_ID,
        "merchant_id": PAYPAL_MERCHANT_ID,
        "api_base": PAYPAL_API_BASE,
        "page_origin": PAYPAL_PAGE_ORIGIN,
        "cert_origin": PAYPAL_CERT_ORIGIN,
        "ca_file": PAYPAL_CA_FILE if DEMO else "",
        "brand": SHOP_NAME,
    }
# The only foreign addresses that a form of ours may lead to.
GATEWAY_PAGES = {"stripe": STRIPE_CHECKOUT_ORIGIN, "paypal": PAYPAL_PAGE_ORIGIN}

# -- Django ----------------------------------------------------------------------------------------------------------------
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if DEMO else [])
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "store.User"
AUTHENTICATION_BACKENDS = ["store.auth.EmailBackend"]
PASSWORD_HASHERS = ["store.passwords.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "store.passwords.PasswordRules"}]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mails are unique through their blind index, which the check can't see
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "fraud.apps.FraudConfig",
    "checkout.apps.CheckoutConfig",
    "catalog.apps.CatalogConfig",
    "store.apps.StoreConfig",
    "django.forms",  # TemplatesSetting finds the stock form templates through it
    "config.menu.StaffAdminConfig",  # django.contrib.admin, with our menu
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_tasks_db",
]
MIDDLEWARE = [
    "store.middleware.RequestIdMiddleware",
    "store.watch.requests.RequestsMiddleware",
    "store.language.LanguageMiddleware",  # error pages speak it, too
    # Outside of all that may answer by itself: a redirect to HTTPS, a refused host and a file have their policy, too.
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "store.maintenance.MaintenanceMiddleware",
    "store.middleware.ProbesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "store.middleware.CardNumberGuardMiddleware",
    "store.middleware.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "checkout.cart_owners.CartCookieMiddleware",
    "store.staff.middleware.StaffMiddleware",
    "store.audit.deeds.DeedMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "store.audit.refusals.RefusalMiddleware",
]
if env.str("DATABASE_REPLICA_URL", default=""):
    MIDDLEWARE.append("store.replica.FreshMiddleware")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "checkout.context_processors.shop",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
USE_TZ = True
TIME_ZONE = SHOP_TIME_ZONE
# The address says the language (store/language.py): the first has no prefix, German has /de/. docs/dev-languages.md.
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "config.formats"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_SETS = ["shop", "checkout"]  # two, so that they can be translated side by side
LOCALE_PATHS = [BASE_DIR / "locale" / name for name in LOCALE_SETS]
MESSAGE_STORAGE = "store.messages.FleetingStorage"  # in a cookie of their own they would show order numbers

# -- Backups (see store/backups/__init__.py and docs/ops-backup.md) --------------------------------------------------------
BACKUP_DIR = Path(env.str("BACKUP_DIR", default=str(VAR_DIR / "backups")))
BACKUP_KEY = env.str("BACKUP_KEY", default="")  # age identities, by commas: the first encrypts. Keep a copy apart
BACKUP_EVERY = env.int("BACKUP_EVERY", default=15)  # minutes; the alarm goes after twice that
DRILL_EVERY = env.int("DRILL_EVERY", default=7)  # days
# Backups in object storage that speaks S3, instead of BACKUP_DIR, where they are then only made. Without keys boto3 looks
# where it always does (the machine's role). docs/ops-backup.md says what the key may do, and what it must not.
BACKUP_BUCKET = env.str("BACKUP_BUCKET", default="")
BACKUP_ENDPOINT = env.str("BACKUP_ENDPOINT", default="").rstrip("/")  # as in https://s3.example; Amazon's own if empty
BACKUP_REGION = env.str("BACKUP_REGION", default="us-east-1")
BACKUP_PREFIX = env.str("BACKUP_PREFIX", default="")  # of the names in it, where several shops share a bucket
BACKUP_ACCESS_KEY = env.str("BACKUP_ACCESS_KEY", default="")
BACKUP_SECRET_KEY = env.str("BACKUP_SECRET_KEY", default="")
# For a restore or `recover` only, from a bucket with versions: as it was then, as in 2026-11-22T03:00Z.
_as_of = env.str("BACKUP_AS_OF", default="")
BACKUP_AS_OF = parse_datetime(_as_of)
if _as_of and (BACKUP_AS_OF is None or BACKUP_AS_OF.tzinfo is None):
    raise ImproperlyConfigured(f"BACKUP_AS_OF is {_as_of!r}: no moment with a time zone, like 2026-11-22T03:00Z.")
if BACKUP_BUCKET and not DEMO and BACKUP_ENDPOINT and not BACKUP_ENDPOINT.startswith("https://"):
    raise ImproperlyConfigured("BACKUP_ENDPOINT is no https:// address: it could be anybody's. The shop did not start.")
PG_BIN = env.str("PG_BIN", default="")  # the folder of pg_dump and pg_restore, if they are in an unusual place
# Who was erased, as digests. Outside the database, so that a restore doesn't bring anybody back.
ERASURE_LEDGER = Path(env.str("ERASURE_LEDGER", default=str(VAR_DIR / "ledger" / "erasures.jsonl")))
# While this file is there the shop is closed. Every process must see it: it is beside the ledger, which they share.
MAINTENANCE_FILE = Path(env.str("MAINTENANCE_FILE", default=str(ERASURE_LEDGER.parent / "closed")))
# What `recover` keeps of a break-in, and how far it is. No backup, restore or retention ever touches it.
EVIDENCE_DIR = Path(env.str("EVIDENCE_DIR", default=str(VAR_DIR / "evidence")))
CODE_VERSION = env.str("CODE_VERSION", default="0.1.0")  # of the shop itself; the image may set a commit

# -- Database, cache, jobs -------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'shop.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that will write takes its lock at BEGIN and waits for it: "database is locked" can't come half way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;",
    }
    # Tests run on a file, too: one in memory has other locks.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60  # seconds
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A read replica, for the pages that show the catalogue (store/replica.py has the rules). Empty: there is none.
DATABASE_REPLICA_URL = env.str("DATABASE_REPLICA_URL", default="")
REPLICA_LAG = env.int("REPLICA_LAG", default=10)  # seconds it may be behind
REPLICA_APPS = {"catalog"}
FRESH_COOKIE_NAME = (
    "__Host-fresh" if env.bool("HTTPS", default=not DEMO) else "fresh"
)  # of a browser that has just changed something
if DATABASE_REPLICA_URL:
    _replica = env.db("DATABASE_REPLICA_URL")
    if {_replica["ENGINE"], DATABASES["default"]["ENGINE"]} != {"django.db.backends.postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_REPLICA_URL is set, and it or DATABASE_URL is no PostgreSQL: nothing else has replicas here. The shop "
            "did not start. Set both to postgres://…, or leave the replica out."
        )
    # Who doesn't answer soon isn't waited for: the primary knows, too. What the address says (sslmode) stays.
    _quick = {"connect_timeout": 2, "options": "-c default_transaction_read_only=on -c statement_timeout=5000"}
    DATABASES["replica"] = _replica | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    DATABASES["replica"]["OPTIONS"] = _replica.get("OPTIONS", {}) | _quick
    DATABASE_ROUTERS = ["store.replica.ReplicaRouter"]
SQLITE_WILL_DO = env.bool("SQLITE_WILL_DO", default=False)  # a small shop that has its machine alone
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
if CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
    # A cache that is away slows pages down and breaks none. One key space for each release: it may keep other things.
    CACHES["default"] |= {
        "BACKEND": "store.cache.ForgivingRedisCache",
        "KEY_PREFIX": f"ringback-{CODE_VERSION}",
        "TIMEOUT": 300,
    }
# "database", or "rq": then Redis carries jobs to the workers, by django-tasks-rq. They are rows in the database either way.
TASKS_BACKEND = env.str("TASKS_BACKEND", default="database")
TASKS: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "slow", "parked"]}
}
TASKS_REDIS_URL = env.str("TASKS_REDIS_URL", default=env.str("CACHE_URL", default=""))
if TASKS_BACKEND == "rq":
    if not TASKS_REDIS_URL.startswith(("redis://", "rediss://")):
        raise ImproperlyConfigured(
            "TASKS_BACKEND is rq, and neither TASKS_REDIS_URL nor CACHE_URL names a Redis. The shop did not start. Set "
            "TASKS_REDIS_URL=redis://host:6379/1, or TASKS_BACKEND=database."
        )
    TASKS["default"]["BACKEND"] = "store.jobs.carried.CarriedBackend"
    TASKS["redis"] = {"BACKEND": "store.jobs.carried.CarryingBackend", "QUEUES": ["default", "slow"]}
    # A page waits for Redis no longer than this. JSON, for who can write to Redis must not be able to run code in a worker.
    _impatient = TASKS_REDIS_URL + ("&" if "?" in TASKS_REDIS_URL else "?") + "socket_connect_timeout=0.3"
    _carrier = {"URL": _impatient, "DEFAULT_TIMEOUT": -1, "SERIALIZER": "rq.serializers.JSONSerializer"}
    RQ_QUEUES = {"default": _carrier, "slow": _carrier}
elif TASKS_BACKEND != "database":
    raise ImproperlyConfigured(
        f"TASKS_BACKEND is {TASKS_BACKEND!r}. The shop did not start. It is 'database', or 'rq' with a Redis."
    )
# How many web processes there are: gunicorn's in the image (config/gunicorn.py).
WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", default=2)
WORKER_INTERVAL = env.float("WORKER_INTERVAL", default=0.5)  # seconds between two looks into an empty queue
HEARTBEAT_FILE = env.str("HEARTBEAT_FILE", default="")  # workers and the scheduler touch it: a container's health check
WORKER_LEASE = env.int("WORKER_LEASE", default=60)  # seconds; a worker silent for longer is dead, its jobs go to others
# What runs by the clock: a task, and `every` so many seconds or `at` a time of the shop's day (store/jobs/schedules.py).
SCHEDULES: dict[str, dict[str, Any]] = {
    "sweep": {"task": "checkout.tasks.sweep", "every": env.int("SWEEP_SECONDS", default=60)},
    "trouble": {"task": "checkout.tasks.look_for_trouble", "every": 600},
    "reconcile": {"task": "checkout.tasks.reconcile", "at": "03:10"},
    "back in stock": {"task": "catalog.tasks.tell_who_waits", "every": 300},
    "prune": {"task": "checkout.tasks.prune", "at": "04:10"},
    "old messages": {"task": "fraud.tasks.prune_messages", "every": 3600},
    "backup": {"task": "store.backups.tasks.back_up", "every": BACKUP_EVERY * 60},
    "audit log": {"task": "store.audit.tasks.verify", "at": "03:40"},
    "restore drill": {"task": "store.backups.tasks.drill", "at": "02:40"},  # does something every DRILL_EVERY days
}

# -- Files -----------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# Pictures in object storage that speaks S3, for several machines. The bucket's own policy lets the world read `catalog/`;
# objects get no rights of their own. Without keys boto3 looks where it always does (the machine's role).
MEDIA_BUCKET = env.str("MEDIA_BUCKET", default="")
MEDIA_ENDPOINT = env.str("MEDIA_ENDPOINT", default="").rstrip("/")  # as in https://s3.example; Amazon's own if empty
MEDIA_REGION = env.str("MEDIA_REGION", default="us-east-1")
MEDIA_ACCESS_KEY = env.str("MEDIA_ACCESS_KEY", default="")
MEDIA_SECRET_KEY = env.str("MEDIA_SECRET_KEY", default="")
MEDIA_DOMAIN = env.str("MEDIA_DOMAIN", default="")  # of what stands before the bucket, as in pictures.shop.example
# The one foreign origin pages take pictures from; empty: there is none.
MEDIA_ORIGIN = ""
_media: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
if MEDIA_BUCKET:
    _amazon = f"https://{MEDIA_BUCKET}.s3.{MEDIA_REGION}.amazonaws.com"
    _bucket_url = f"{MEDIA_ENDPOINT}/{MEDIA_BUCKET}" if MEDIA_ENDPOINT else _amazon
    _media_url = urlsplit(f"https://{MEDIA_DOMAIN}" if MEDIA_DOMAIN else _bucket_url)
    if not DEMO and (_media_url.scheme != "https" or (MEDIA_ENDPOINT and not MEDIA_ENDPOINT.startswith("https://"))):
        raise ImproperlyConfigured(
            "MEDIA_ENDPOINT is no https:// address: pictures could be changed on their way. The shop did not start."
        )
    MEDIA_ORIGIN = f"{_media_url.scheme}://{_media_url.netloc}"
    _media = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": MEDIA_BUCKET,
            "endpoint_url": MEDIA_ENDPOINT or None,
            "region_name": MEDIA_REGION,
            "access_key": MEDIA_ACCESS_KEY or None,
            "secret_key": MEDIA_SECRET_KEY or None,
            "addressing_style": "path" if MEDIA_ENDPOINT else "virtual",
            "custom_domain": f"{_media_url.netloc}{_media_url.path}",
            "url_protocol": f"{_media_url.scheme}:",
            "default_acl": None,
            "querystring_auth": False,  # the pictures of a shop window are for everybody
            # File names carry a content hash, so browsers may keep them.
            "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
        },
    }
STORAGES = {
    "default": _media,
    "staticfiles": {"BACKEND": env.str("STATICFILES_STORAGE", "whitenoise.storage.CompressedManifestStaticFilesStorage")},
}

# -- Mail ------------------------------------------------------------------------------------------------------------------
# The demo writes mails to a folder, which /demo/mails/ shows.
MAIL_DIR = VAR_DIR / "mails"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Ringback <orders@ringback.example>")
STAFF_EMAIL = env.str("STAFF_EMAIL", default="")  # matters that need a person are told there, too; they name no customer
# Elsewhere a shop without EMAIL_URL keeps its mails in the outbox, where they are tried again: never on disk, in the clear.
EMAIL_URL = env.str("EMAIL_URL", default="" if DEMO else "smtp://127.0.0.1:25")
if EMAIL_URL:
    _mail = env.email_url_config(EMAIL_URL)
    MAILERS = {
        "default": {
            "BACKEND": _mail["EMAIL_BACKEND"],
            "OPTIONS": {
                "host": _mail.get("EMAIL_HOST", ""),
                "port": _mail.get("EMAIL_PORT"),
                "username": _mail.get("EMAIL_HOST_USER", ""),
                "password": _mail.get("EMAIL_HOST_PASSWORD", ""),
                "use_tls": _mail.get("EMAIL_USE_TLS", False),
                "use_ssl": _mail.get("EMAIL_USE_SSL", False),
                "timeout": 10,  # seconds
            },
        }
    }
else:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(MAIL_DIR)},
        }
    }

# -- Security --------------------------------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=not DEMO)  # off only where no TLS can be had: the demo on loopback
SECURE_SSL_REDIRECT = HTTPS
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)  # how many proxies of ours stand before the shop
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0  # one year
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"  # order addresses carry a token: no other site may see them
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
WISH_COOKIE_NAME = "__Host-wishes" if HTTPS else "wishes"
SEEN_COOKIE_NAME = "__Host-seen" if HTTPS else "seen"
CART_COOKIE_NAME = "__Host-cart" if HTTPS else "cart"
FRESH_COOKIE_NAME = "__Host-fresh" if HTTPS else "fresh"  # of a browser that has just changed something (store/replica.py)
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # Strict would lose the session on the way back from the gateway
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "store.pages.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SHOP_ORIGIN] if SHOP_ORIGIN.startswith("https://") else []
STAFF_SECOND_FACTOR = not DEMO  # staff log in with a second factor everywhere else; nothing turns it off
SESSION_COOKIE_AGE = 60 * 60 * 8  # seconds; a working day, for staff
PASSWORD_RESET_TIMEOUT = 60 * 30  # seconds
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", *([MEDIA_ORIGIN] if MEDIA_ORIGIN else [])],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    # Browsers apply form-action to the redirect that follows a form, too: "Pay" would be blocked without the gateway's page.
    "form-action": [CSP.SELF, *sorted({GATEWAY_PAGES[name] for name in PAYMENT_GATEWAYS})],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes
# Bytes. A file for a case (fraud/services/case_files.py) stays in memory until it is encrypted; larger ones are of goods.
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # the admin's product page with many variants
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "admin:login"

# Who may read /metrics: who shows this token (Authorization: Bearer …), or asks from these networks and by no proxy.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=["127.0.0.0/8", "::1/128"] if DEMO else [])
SENTRY_DSN = env.str("SENTRY_DSN", default="")  # where errors are reported to, masked; nowhere if empty
REQUEST_LOG = env.bool("REQUEST_LOG", default=not DEMO)  # a line for each request: method, route, status, milliseconds
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"masked": {"()": "store.logs.make_formatter", "as_json": not DEMO}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "masked"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True, "level": "INFO"},
        "django.tasks": {"level": "WARNING"},  # two lines a task would bury what matters; a failed one is an error
    },
}
