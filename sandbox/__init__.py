"""A stand-in payment company, for development and tests: its own process, its own origin, its own data.

It speaks the parts of Stripe's and PayPal's published APIs that the shop uses, shows their hosted pages, and signs and
delivers their webhooks. The shop reaches it by address only: neither imports the other.

    DEMO=1 python -m sandbox migrate          # optional: the server does it by itself when it starts
    DEMO=1 gunicorn sandbox.wsgi:application --bind 127.0.0.1:8001 --workers 1 --threads 16

Read from the environment (`sandbox/settings.py`): `DEMO` (must be 1, or it refuses to start), `SANDBOX_DB`,
`SANDBOX_ORIGIN`; `STRIPE_API_KEY`, `STRIPE_WEBHOOK_SECRET`, `SANDBOX_WEBHOOK_URL` (Stripe's webhooks go there);
`PAYPAL_CLIENT_ID`, `PAYPAL_CLIENT_SECRET`, `PAYPAL_WEBHOOK_ID`, `SANDBOX_PAYPAL_WEBHOOK_URL` (PayPal's go there). A shop
that uses it sets STRIPE_API_BASE and PAYPAL_API_BASE to its origin, and verifies PayPal's webhooks against `ca.pem` in
the folder `sandbox-paypal-certs` beside the database (also at /control/api/paypal/ca).

How the folders lie, each importing only what stands below it:

    control/   the page and JSON API by which people and tests steer the company (documented in control/api.py)
    stripe/    one company: API, hosted page, test cards, events
    paypal/    the other: API, approval page, test buyers, events; the two do not know each other
    ground/    clock, switches, injected faults, the queue that delivers webhooks
"""
