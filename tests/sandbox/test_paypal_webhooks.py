"""PayPal's webhooks: signed by a certificate that leads to the stand-in's root, listed, sent again, verified by postback."""

import base64
import json
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.verification import PolicyBuilder, Store

from tests.sandbox.conftest import Receiver
from tests.sandbox.paypal_client import Paypal
from tests.sandbox.process import RunningSandbox, SignedEvent, request

ISSUED_TO = "messageverificationcerts.paypal.com"


def verify(sandbox: RunningSandbox, headers: Mapping[str, str], body: bytes) -> None:
    """What a careful shop does; raises for a signature that is none, or a certificate of somebody else's."""
    _, pem = request("GET", headers["PAYPAL-CERT-URL"])
    leaf, *between = x509.load_pem_x509_certificates(pem.encode())
    root = x509.load_pem_x509_certificate(sandbox.paypal_ca_pem.encode())
    verifier = PolicyBuilder().store(Store([root])).build_server_verifier(x509.DNSName(ISSUED_TO))
    verifier.verify(leaf, between)
    key = leaf.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert headers["PAYPAL-AUTH-ALGO"] == "SHA256withRSA"
    text = "|".join(
        (
            headers["PAYPAL-TRANSMISSION-ID"],
            headers["PAYPAL-TRANSMISSION-TIME"],
            sandbox.paypal_webhook_id,
            str(zlib.crc32(body)),
        )
    )
    key.verify(base64.b64decode(headers["PAYPAL-TRANSMISSION-SIG"]), text.encode(), padding.PKCS1v15(), hashes.SHA256())


def postback(sandbox: RunningSandbox, event: SignedEvent, **changes: str) -> str:
    """The body of verify-webhook-signature, with the event exactly as it came."""
    names = {
        "auth_algo": "PAYPAL-AUTH-ALGO",
        "cert_url": "PAYPAL-CERT-URL",
        "transmission_id": "PAYPAL-TRANSMISSION-ID",
        "transmission_sig": "PAYPAL-TRANSMISSION-SIG",
        "transmission_time": "PAYPAL-TRANSMISSION-TIME",
    }
    fields = {name: event.headers[header] for name, header in names.items()}
    fields |= {"webhook_id": sandbox.paypal_webhook_id, **changes}
    return f'{json.dumps(fields)[:-1]}, "webhook_event": {event.payload}}}'


@pytest.fixture
def approved(paypal: Paypal, sandbox: RunningSandbox) -> SignedEvent:
    """The event of an approved order."""
    sandbox.approve(paypal.open()["id"])
    (event,) = sandbox.take_events()
    return event


def test_the_signature_leads_to_the_root(sandbox: RunningSandbox, approved: SignedEvent) -> None:
    assert (approved.event_type, approved.company) == ("CHECKOUT.ORDER.APPROVED", "paypal")
    assert approved.headers["PAYPAL-CERT-URL"].startswith(f"{sandbox.url}/v1/notifications/certs/CERT-")
    verify(sandbox, approved.headers, approved.payload.encode())

    with pytest.raises(InvalidSignature):
        verify(sandbox, approved.headers, approved.payload.encode() + b" ")
    with pytest.raises(InvalidSignature):
        verify(sandbox, {**approved.headers, "PAYPAL-TRANSMISSION-TIME": "2026-01-01T00:00:00Z"}, approved.payload.encode())


def test_the_time_of_a_signature_is_the_companys(paypal: Paypal, sandbox: RunningSandbox) -> None:
    sandbox.travel(-3600)
    sandbox.approve(paypal.open()["id"])
    (event,) = sandbox.take_events()

    sent = datetime.fromisoformat(event.headers["PAYPAL-TRANSMISSION-TIME"])

    assert 3590 < (datetime.now(UTC) - sent).total_seconds() < 3620
    verify(sandbox, event.headers, event.payload.encode())


def test_an_event_tells_what_happened_to_what(approved: SignedEvent) -> None:
    event = json.loads(approved.payload)

    assert (event["id"], event["event_type"]) == (approved.event_id, "CHECKOUT.ORDER.APPROVED")
    assert (event["resource_type"], event["resource_version"]) == ("checkout-order", "2.0")
    assert event["resource"]["status"] == "APPROVED"
    assert event["resource"]["purchase_units"][0]["custom_id"] == "payment-7"


def test_each_company_sends_to_its_own_address(paypal: Paypal, sandbox: RunningSandbox, receiver: Receiver) -> None:
    sandbox.approve(paypal.open()["id"])

    assert sandbox.deliver() == {"delivered": 1, "failed": 0, "remaining": 0}

    (webhook,) = receiver.received
    assert webhook.path == "/webhooks/paypal/"
    # HTTP headers know no case, and a dictionary does.
    verify(sandbox, {name.upper(): value for name, value in webhook.headers.items()}, webhook.body)


def test_the_postback_tells_ours_from_others(paypal: Paypal, sandbox: RunningSandbox, approved: SignedEvent) -> None:
    address = "/v1/notifications/verify-webhook-signature"

    assert paypal.post(address, postback(sandbox, approved)).body == {"verification_status": "SUCCESS"}

    forged = SignedEvent(approved.event_id, approved.event_type, '{"id":"WH-1"}', approved.headers)
    for body in (
        postback(sandbox, forged),
        postback(sandbox, approved, webhook_id="ANOTHER"),
        postback(sandbox, approved, transmission_time="2026-01-01T00:00:00Z"),
        postback(sandbox, approved, transmission_sig="bm9uZQ=="),
        postback(sandbox, approved, cert_url="https://evil.example/v1/notifications/certs/CERT-1"),
    ):
        assert paypal.post(address, body).body == {"verification_status": "FAILURE"}
    assert paypal.post(address, {}).issue == "MISSING_REQUIRED_PARAMETER"


def test_events_are_listed_and_sent_again(paypal: Paypal, sandbox: RunningSandbox) -> None:
    _, authorization = paypal.authorized()
    sandbox.take_events()

    first = paypal.get("/v1/notifications/webhooks-events?page_size=1")
    more = next(entry["href"] for entry in first["links"] if entry["rel"] == "next").removeprefix(sandbox.url)
    second = paypal.get(more)

    assert [event["event_type"] for event in [*first["events"], *second["events"]]] == [
        "PAYMENT.AUTHORIZATION.CREATED",
        "CHECKOUT.ORDER.APPROVED",
    ]
    (found,) = paypal.get(f"/v1/notifications/webhooks-events?transaction_id={authorization}")["events"]
    assert paypal.get(f"/v1/notifications/webhooks-events/{found['id']}").body == found
    assert paypal.post(f"/v1/notifications/webhooks-events/{found['id']}/resend", {}).status == 202
    assert [event.event_id for event in sandbox.take_events()] == [found["id"]]
    assert paypal.get("/v1/notifications/webhooks")["webhooks"][0]["id"] == sandbox.paypal_webhook_id


def test_dropped_and_lost_events_do_not_arrive(paypal: Paypal, sandbox: RunningSandbox) -> None:
    sandbox.set(drop=True)
    sandbox.approve(paypal.open()["id"])
    sandbox.set(drop=False, ungenerated=True)
    sandbox.approve(paypal.open()["id"])

    assert sandbox.take_events() == []
    assert paypal.get("/v1/notifications/webhooks-events")["count"] == 1


def test_nobody_elses_certificate_is_served(sandbox: RunningSandbox) -> None:
    assert request("GET", f"{sandbox.url}/v1/notifications/certs/CERT-1-2-3")[0] == 404
