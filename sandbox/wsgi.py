"""The WSGI entry: brings the tables up to date, starts delivering webhooks, then answers.

Run it with one gunicorn worker and several threads.
"""

import fcntl
import os

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "sandbox.settings"

application = get_wsgi_application()


def _start() -> None:
    from sandbox.ground.worker import start_worker  # noqa: PLC0415  # only once the apps are loaded
    from sandbox.paypal.idempotency import forget_unfinished as forget_at_paypal  # noqa: PLC0415  # the same
    from sandbox.paypal.signing import make_certificates  # noqa: PLC0415  # the same
    from sandbox.stripe.idempotency import forget_unfinished  # noqa: PLC0415  # the same

    # Two processes started at once must not both create the tables.
    with settings.SANDBOX_DB.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        make_certificates()
    forget_unfinished()
    forget_at_paypal()
    start_worker()


_start()
