"""A shop that would be unsafe doesn't start: the deploy checks are asked first, by whoever serves or works."""

from __future__ import annotations

import sys
from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError

# gunicorn gives up, instead of trying again and again, when loading the shop ends with this code.
APP_LOAD_ERROR = 4


def refuse_unsafe_start() -> None:
    """End the process, naming every unsafe setting and what to do, unless all checks pass (`check --deploy`).

    The demo may be unsafe: it is, by design, and refuses real payment companies (`checkout.E007`).
    """
    if settings.DEMO:
        return
    try:
        # Settings first: some of the others ask the database, which a wrong setting may have sent astray.
        for tags in (["security"], None):
            call_command("check", deploy=True, tags=tags, fail_level="WARNING", verbosity=0, stdout=StringIO())
    except SystemCheckError as error:
        sys.stderr.write(f"{error}\n\nThe shop did not start, and nothing was changed. Mend what is named above.\n")
        sys.exit(APP_LOAD_ERROR)
