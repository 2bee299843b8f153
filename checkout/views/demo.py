"""The demo's mailbox: mails are written to a folder instead of being sent. These addresses exist with DEMO=1 only."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

# The newest so many are listed.
SHOWN = 100


@require_safe
@never_cache
def mails(request: HttpRequest) -> HttpResponse:
    """List the newest mails."""
    folder = Path(settings.MAIL_DIR)
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True) if folder.is_dir() else []
    found = [{"name": file.stem, "mail": _read(file)} for file in files[:SHOWN]]
    return render(request, "checkout/demo_mails.html", {"mails": found})


@require_safe
@never_cache
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail's text."""
    file = Path(settings.MAIL_DIR) / f"{Path(name).name}.log"
    try:
        message = _read(file)
    except (OSError, ValueError) as error:  # there is none, or no file can have such a name
        raise Http404 from error
    part = message.get_body(("plain",))
    return render(request, "checkout/demo_mail.html", {"mail": message, "text": part.get_content() if part else ""})


def _read(file: Path) -> EmailMessage:
    # Django's file backend ends each message with a line of dashes.
    raw = file.read_bytes().rsplit(b"\n" + b"-" * 79, 1)[0]
    return message_from_bytes(raw, policy=policy.default)
