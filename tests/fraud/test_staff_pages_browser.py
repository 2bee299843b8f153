"""In a real Chromium, on a telephone in the dark: the owner follows every link, and axe looks at each template once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from checkout.models import Dispute, Order
from fraud.models import CallTask
from store.models import User
from tests.browsing import browser, faults_of
from tests.factories.catalog import PictureFactory
from tests.factories.checkout import DeliveryMethodFactory, make_order

__all__ = ["browser"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LINK = re.compile(r'href="([^"#?]+)')
# A page is worth a look when it brings one of these that none before it had; one of Django's smaller parts alone does not.
OURS = re.compile(
    r"store/|admin/(?!includes/|widgets/|filter|pagination|search_form|date_hierarchy|actions|nav_sidebar|color)"
)
# The walks along the desk and the log-in look at these.
ELSEWHERE = {
    "admin/fraud/calltask/queue.html", "admin/fraud/calltask/case.html", "admin/fraud/calltask/ring.html",
    "admin/fraud/calltask/_files.html", "admin/fraud/calltask/_ring.html", "admin/fraud/deskrules/page.html",
    "admin/fraud/_field.html",
}  # fmt: skip
# One address of a kind will do.
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)")


def test_axe_finds_nothing_on_any_template_of_the_staff(
    browser: Browser, live_server: LiveServer, make_task: Callable[..., CallTask], now: datetime, client: Client
) -> None:
    order: Order = make_task().order
    variant = order.lines.get().variant
    assert variant is not None
    PictureFactory.create(product=variant.product)
    DeliveryMethodFactory.create()
    with transaction.atomic():
        sent = make_order(variant=variant, status="shipped", payment_status="captured", carrier="Post")
    Dispute.objects.create(
        payment=sent.payments.get(), gateway="stripe", reference="dp_1", amount=sent.total, status="open",
        reason="fraudulent", noted_at=now, status_at=now, looked_at=now, takes_money=True,
    )  # fmt: skip
    client.force_login(User.objects.create_superuser(email="olive@shop.example", password="a long phrase 7"))
    context = browser.new_context(viewport={"width": 390, "height": 900}, color_scheme="dark")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()

    faults: dict[str, list[str]] = {}
    known, ahead = set(ELSEWHERE), ["/admin/", "/admin/status/"]
    shapes = {ID.sub("*", path) for path in ahead}
    # On hold and sent: both have parts of their own.
    ahead += [f"/admin/checkout/order/{order.pk}/change/", f"/admin/checkout/order/{sent.pk}/change/"]
    while ahead:
        path = ahead.pop(0)
        answer = client.get(path)
        if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        used = {name for name in map(str, (template.name for template in answer.templates)) if OURS.match(name)}
        if not used <= known:
            known |= used
            page.goto(live_server.url + path)
            if found := faults_of(page, path.strip("/").replace("/", "-"), widths=(390,)):
                faults[path] = found
        for link in LINK.findall(answer.content.decode()):
            to = urlsplit(urljoin(path, link)).path
            shape = ID.sub("*", to)
            if to.startswith("/admin/") and "logout" not in to and shape not in shapes:
                shapes.add(shape)
                ahead.append(to)

    assert len(known) > 50
    assert faults == {}
    context.close()
