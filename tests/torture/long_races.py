"""Return page and webhook at the same moment, a thousand times, on PostgreSQL with real threads: one capture, the right mails.

DATABASE_URL=postgres://… RACES=1000 pytest -n0 tests/torture/long_races.py
"""

from __future__ import annotations

import os
from functools import partial

import pytest
from django.core import mail as outbox
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Variant
from checkout.limits import CAPS
from checkout.models import Mail, Order
from checkout.services.mails import send_queued_mail
from tests.checkout.scenes import mails, states
from tests.checkout.test_races import race_to_settle, release
from tests.checkout.together import together
from tests.sandbox.process import RunningSandbox

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_return_page_and_webhook_at_once_a_thousand_times(
    brush: Variant, sandbox: RunningSandbox, settings: Settings
) -> None:
    settings.LIMITS = dict.fromkeys(CAPS, "1000000")  # a thousand orders of one household are what the limits are for
    races = int(os.environ.get("RACES", "1000"))
    Variant.objects.filter(pk=brush.pk).update(on_hand=2 * races + 100)
    for _ in range(races):
        order, payment = race_to_settle(brush, sandbox)
        ends = together(*[partial(release, order)] * 2)
        assert sum(isinstance(end, Order) for end in ends) >= 1
        assert states(order, payment) == ("released", "captured")
        written = Mail.objects.filter(order=order)
        together(*[partial(send_queued_mail, mail_id=mail.pk, now=timezone.now()) for mail in written] * 2)
        assert mails(order) == ["received", "released"]
        assert len(outbox.outbox) == 2
        outbox.outbox.clear()
    assert [(row["authorised"], row["captured"]) for row in sandbox.ledger()] == [(3095, 3095)] * races
