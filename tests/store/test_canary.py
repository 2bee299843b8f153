"""Nothing of a customer is readable on disk: a real database file, its write-ahead log, logs, sessions and mails.

The whole journey, from cart to refund, is walked by the browser tests; here are the ground's own ways of keeping things.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from pytest_django import DjangoDbBlocker

from tests.canary import CANARY, find_leaks, find_leaks_in
from tests.databases import copy_database

JOURNEY = """
import json, logging, os, sys
sys.path.insert(0, os.getcwd())
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from store.export import export_customer
from store.models import User
from tests.canary import CANARY as c

call_command("migrate", "-v0")
user = User.objects.create_user(c["email"], c["password"], name=c["name"])
boss = User.objects.create_superuser("boss@ringback.example", "harbour7lantern9walnut")
client = Client(raise_request_exception=False, REMOTE_ADDR=c["ip"], HTTP_USER_AGENT=c["user_agent"])
for password in ("wrong " + c["note"], c["password"]):
    client.post("/admin/login/", {"username": c["email"], "password": password})
client.post("/admin/login/", {"username": "boss@ringback.example", "password": "harbour7lantern9walnut"})
page = client.post("/admin/store/user/search/", {"q": c["email"]}, follow=True)
assert c["name"] in page.content.decode(), page.status_code
client.post(f"/admin/store/user/{user.pk}/change/", {"email": c["email"], "name": c["name"], "is_active": "on"})
client.get("/no-such-page/", {"q": c["name"]}, headers={"referer": "http://x/?" + c["email"]})
assert export_customer(email=c["email"], now=timezone.now())["records"]

log = logging.getLogger("journey")
log.warning("mail to %s at %s failed", c["email"], c["phone"], extra={"email": c["email"], "line1": c["line1"]})
try:
    raise ValueError(f"can't reach {c['email']}")
except ValueError:
    log.exception("crashed")

from django.urls import path
import config.urls
def crash(request):
    address = c["line1"]
    raise RuntimeError(f"no mail to {request.POST['email']}")
config.urls.urlpatterns.insert(0, path("crash", crash))
assert client.post("/crash", {"email": c["email"], "note": c["note"]}).status_code == 500
User.objects.filter(pk=user.pk).get().save()
os._exit(0)  # as in a crash: the write-ahead log stays
"""


def run_journey(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", JOURNEY],
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / 'shop.sqlite3'}",
            "VAR_DIR": str(folder),
            "LOG_LEVEL": "DEBUG",
            "PYTHONWARNINGS": "ignore",
            **environment,
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_of_a_customer_is_readable_anywhere(
    tmp_path: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    copy_database(tmp_path / "shop.sqlite3", django_db_blocker)
    done = run_journey(tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "shop.sqlite3").stat().st_size + (tmp_path / "shop.sqlite3-wal").stat().st_size > 100_000
    assert "crashed" in done.stderr
    assert "can't reach [e-mail]" in done.stderr
    (tmp_path / "process.log").write_text(done.stdout + done.stderr)
    assert find_leaks(tmp_path) == []


def test_the_search_would_find_a_leak(tmp_path: Path) -> None:
    email = CANARY["email"]
    hidings = {
        "plain": email.encode(),
        "upper": email.upper().encode(),
        "json": json.dumps({"name": CANARY["name"]}).encode(),
        "url": b"q=zephyrine.quillfeather%40canary-aviary.example",
        "base64": base64.b64encode(b"x" + email.encode() + b"yz"),
        "urlsafe": base64.urlsafe_b64encode(b"xy" + CANARY["note"].encode()),
        "hex": email.encode().hex().encode(),
        "utf-16": email.encode("utf-16"),
        "part": b"... Quillfeather ...",
    }
    for name, content in hidings.items():
        (tmp_path / name).write_bytes(b"\x00\xff" * 50 + content + b"\x00" * 50)
    found = {Path(leak.split(": ")[0]).name for leak in find_leaks(tmp_path)}
    assert found == set(hidings)
    assert find_leaks_in(f"to {email}")
    assert not find_leaks_in("nothing to see")
