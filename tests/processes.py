"""`manage.py` in processes of their own, quickly: each is forked from one that has the libraries loaded but no settings."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# What takes the time at a start, and knows nothing of settings.
HEAVY = [
    "argon2",
    "babel.core",
    "cryptography.fernet",
    "cryptography.hazmat.primitives.kdf.hkdf",
    "django.contrib.admin",
    "django.core.mail",
    "django.core.management",
    "django.middleware.csp",
    "django.db.backends.sqlite3.base",
    "django.forms",
    "environ",
    "gunicorn.app.wsgiapp",
    "phonenumbers",
    "PIL.Image",
    "stripe",
    "structlog",
    "tests.processes",
    "whitenoise.middleware",
    "zxcvbn",
]

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(HEAVY)


def run_manage(environment: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py words` under exactly this environment; give exit code and both outputs, as subprocess.run would."""
    return _run(environment, ["manage.py", *words])


def run_wsgi(environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Load the server's module, as gunicorn would, under exactly this environment."""
    return _run(environment, [])


@contextmanager
def running(environment: Mapping[str, str], *words: str, log: Path) -> Iterator[BaseProcess]:
    """Run `manage.py words`, or gunicorn where these begin with its name, beside the test; killed at the end."""
    argv = list(words) if words[0] == "gunicorn" else ["manage.py", *words]
    process = _forks.Process(target=_child, args=(dict(environment), argv, str(log), str(log)))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _run(environment: Mapping[str, str], argv: list[str]) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = _forks.Process(target=_child, args=(dict(environment), argv, str(out), str(err)))
        process.start()
        process.join()
        assert process.exitcode is not None
        return subprocess.CompletedProcess(argv, process.exitcode, out.read_text(), err.read_text())


def _child(environment: dict[str, str], argv: list[str], out: str, err: str) -> None:
    for number, name in ((1, out), (2, err)):
        os.dup2(os.open(name, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), number)
    from django.conf import settings

    assert not settings.configured  # or this process would run under the tests' settings
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    if argv and argv[0] == "gunicorn":
        sys.argv = argv
        importlib.import_module("gunicorn.app.wsgiapp").run()  # it has no types
    elif argv:
        from django.core.management import execute_from_command_line

        sys.argv = argv
        execute_from_command_line(argv)
    else:
        __import__("config.wsgi")
