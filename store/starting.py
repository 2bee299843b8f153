"""A shop that would be unsafe doesn't start: the deploy checks are asked first, by whoever serves or works."""

from __future__ import annotations

import os
import sys
import traceback
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


def refuse_unsafe_start_of_worker() -> None:
    """Do the same in a process that ends with it: it loads every page, which a worker can do without (15 MB).

    Before any thread is begun and any connection opened. The demo's checks are those of every command.
    """
    child = os.fork()
    if not child:
        code = 1
        try:
            if settings.DEMO:
                call_command("check", verbosity=0, stdout=StringIO())
            else:
                refuse_unsafe_start()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        except SystemCheckError as error:
            sys.stderr.write(f"{error}\n")
        except Exception:  # noqa: BLE001 - told as Python tells it, and then this process ends
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(abs(code))
