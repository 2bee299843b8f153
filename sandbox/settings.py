"""Settings of the stand-in payment company, all from the environment.

It refuses to start unless `DEMO` is on and the API key is a test key, so it can never stand beside a real shop.
"""

import os
import sys
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from django.utils.csp import CSP

# gunicorn stops, instead of starting the worker again and again, when a worker leaves with this code.
APP_LOAD_ERROR = 4


def refuse(reason: str) -> NoReturn:
    """End the process with one clear line."""
    sys.stderr.write(f"sandbox: {reason}\n")
    raise SystemExit(APP_LOAD_ERROR)


PROJECT = Path(__file__).resolve().parent.parent

if os.environ.get("DEMO", "").strip().lower() not in {"1", "true", "yes", "on"}:
    refuse("refusing to start: this stand-in payment company is for development and tests only. Set DEMO=1.")

STRIPE_API_KEY = os.environ.get("STRIPE_API_KEY") or "sk_test_ringback"
STRIPE_WEBHOOK_SECRET = os.environ.get("STRIPE_WEBHOOK_SECRET") or "whsec_ringback_demo"
if not STRIPE_API_KEY.startswith(("sk_test_", "rk_test_")):
    refuse("refusing to start: STRIPE_API_KEY is not a test key (sk_test_…).")

# PayPal's own ids do not tell live from sandbox, but its live address does.
PAYPAL_CLIENT_ID = os.environ.get("PAYPAL_CLIENT_ID") or "ringback-demo-client"
PAYPAL_CLIENT_SECRET = os.environ.get("PAYPAL_CLIENT_SECRET") or "ringback-demo-secret"
PAYPAL_WEBHOOK_ID = os.environ.get("PAYPAL_WEBHOOK_ID") or "8PT597110X687430L"
if (urlsplit(os.environ.get("PAYPAL_API_BASE") or "").hostname or "") in {"api-m.paypal.com", "api.paypal.com"}:
    refuse("refusing to start: PAYPAL_API_BASE is PayPal's live address.")

SANDBOX_ORIGIN = (os.environ.get("SANDBOX_ORIGIN") or "http://127.0.0.1:8001").rstrip("/")
# Company -> where its webhooks go unless the control API says otherwise.
SANDBOX_WEBHOOK_URLS = {
    "stripe": os.environ.get("SANDBOX_WEBHOOK_URL") or "http://127.0.0.1:8000/webhooks/stripe/",
    "paypal": os.environ.get("SANDBOX_PAYPAL_WEBHOOK_URL") or "http://127.0.0.1:8000/webhooks/paypal/",
}
SANDBOX_DB = Path(os.environ.get("SANDBOX_DB") or PROJECT / "var" / "sandbox.sqlite3")
SANDBOX_DB.parent.mkdir(parents=True, exist_ok=True)
# Keys and certificates by which PayPal's webhooks are signed, made on first use. `ca.pem` in it is what a shop must trust.
SANDBOX_PAYPAL_CERTS = SANDBOX_DB.with_name("sandbox-paypal-certs")
MERCHANT_NAME = "Ringback"

DEBUG = False
# Signs the CSRF cookie of a demo server and nothing else.
SECRET_KEY = "sandbox-only-" + STRIPE_WEBHOOK_SECRET
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "sandbox.urls"
WSGI_APPLICATION = "sandbox.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = ["sandbox.ground", "sandbox.stripe", "sandbox.paypal", "sandbox.control"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": SANDBOX_DB,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    },
}

# Cookies do not know ports: on one host the shop's own csrftoken must not be overwritten.
CSRF_COOKIE_NAME = "sandbox_csrftoken"
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

# Never the body or the parameters of a request: a card number could be among them.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "sandbox {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
