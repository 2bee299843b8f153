"""A stand-in payment company, for development and tests: its own process, its own origin, its own data.

It speaks the parts of Stripe's published API that the shop uses, shows the hosted payment page, and signs and
delivers webhooks. The shop reaches it by address only: neither imports the other.

    DEMO=1 python -m sandbox migrate          # optional: the server does it by itself when it starts
    DEMO=1 gunicorn sandbox.wsgi:application --bind 127.0.0.1:8001 --workers 1 --threads 16

Read from the environment (`sandbox/settings.py`): `DEMO` (must be 1, or it refuses to start), `SANDBOX_DB`,
`SANDBOX_ORIGIN`, `STRIPE_API_KEY`, `STRIPE_WEBHOOK_SECRET`, `SANDBOX_WEBHOOK_URL`.

How the folders lie, each importing only what stands below it:

    control/   the page and JSON API by which people and tests steer the company (documented in control/api.py)
    stripe/    the company: API, hosted page, test cards, events
    ground/    clock, switches, injected faults, the queue that delivers webhooks
"""
