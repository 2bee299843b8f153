"""In a real Chromium: somebody comes by a link, makes a passkey and an app, and looks around."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from store.audit.models import AuditRow
from store.models import Passkey, User
from store.staff import session
from store.staff.invitations import make_owner
from store.staff.models import Authenticator
from store.staff.totp import code_at
from tests.browsing import browser, faults_of

__all__ = ["browser"]  # a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
PASSWORD = "seventeen plovers waltz on 7 piers"


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, settings: Settings) -> Page:
    """A browser with a finger that is always the right one."""
    settings.SHOP_ORIGIN = live_server.url
    page = browser.new_context().new_page()
    page.set_default_timeout(15_000)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def test_an_owner_comes_by_a_link_and_logs_in_with_a_passkey(
    page: Page, live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: dict[str, list[str]] = {}
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)

    def look(name: str) -> None:
        # Django's own two-column boxes have a name on what takes none.
        if found := [fault for fault in faults_of(page, name) if "help-tooltip" not in fault]:
            faults[name] = found

    with transaction.atomic():
        boss, link = make_owner(email="boss@shop.example", is_another=False, now=timezone.now())
    page.goto(link)
    page.fill("[name=new_password]", PASSWORD)
    page.fill("[name=new_password_again]", PASSWORD)
    page.click("text=Use this password")

    page.wait_for_url("**/set-up/")
    look("staff set-up")
    page.click("text=use a passkey instead")
    look("staff passkey")
    page.fill("[name=name]", "Office laptop")
    page.click("button:has-text('Make it')")
    page.wait_for_selector("text=Your recovery codes")
    assert page.locator(".codes li").count() == 10

    page.click("text=I have them")
    page.click("text=Your log-in")
    look("staff mine")
    page.click("text=Set one up")
    app = Authenticator.objects.get(user=boss)
    page.fill("[name=code]", code_at(app.secret, timezone.now()))
    page.click("text=Take it into use")
    page.wait_for_selector("text=Your recovery codes")

    page.goto(f"{live_server.url}/admin/")
    page.click("#logout-form button")
    page.goto(f"{live_server.url}/admin/store/auditrow/")
    page.fill("[name=username]", "boss@shop.example")
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_selector("text=Use a passkey")
    look("staff factor")
    page.click("button:has-text('Use a passkey')")
    page.wait_for_url("**/admin/store/auditrow/")
    look("staff audit log")
    assert Passkey.objects.get(user=boss).used_at is not None
    actions = list(AuditRow.objects.order_by("n").values_list("action", "field_names"))
    assert ("staff.passkey_added", "") in actions
    assert actions[-1] == ("staff.logged_in", "passkey")

    rita = User.objects.create_user("rita@shop.example", "a long phrase for rita 7", name="Rita Vale", is_staff=True)
    page.goto(f"{live_server.url}/admin/store/user/{rita.pk}/change/")
    page.click("text=Has left")
    monkeypatch.setattr(session, "FRESH", timedelta(seconds=-1))
    page.fill("[name=why]", "Contract ended")
    page.click("button:has-text('Has left')")
    page.wait_for_selector("text=Is it still you?")
    look("staff again")
    page.fill("[name=shown_again]", PASSWORD)
    page.click("button:has-text('Go on')")
    page.wait_for_selector("text=This log-in has ended")
    rita.refresh_from_db()
    assert rita.is_active is False
    assert (faults, refused) == ({}, [])
