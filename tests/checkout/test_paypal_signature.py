"""Webhooks that say they come from PayPal: whose certificate is believed, and what is not even asked for."""

from __future__ import annotations

import base64
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from checkout.gateways import paypal_signature
from checkout.gateways.base import BadSignature
from checkout.gateways.paypal_signature import Certificates, check_signature

NAME = "messageverificationcerts.paypal.com"
CERT = "/v1/notifications/certs/CERT-1"
BODY = b'{"id": "WH-1"}'
type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass
class CertHost:
    """PayPal's place for certificates: path -> status, body."""

    url: str = ""
    pages: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Authority:
    """Somebody who signs certificates."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def issue(self, key: Key, *, name: str = NAME, until: timedelta = timedelta(days=90)) -> bytes:
        return _certificate(name, key, self, until=until).public_bytes(serialization.Encoding.PEM)


def _certificate(name: str, key: Key, issuer: Authority | None, *, until: timedelta) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signed_by = issuer.key if issuer else key
    assert isinstance(signed_by, ec.EllipticCurvePrivateKey)
    usage = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=100))
        .not_valid_after(now + until)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_by.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=issuer is not None,
                key_encipherment=False,
                key_cert_sign=issuer is None,
                crl_sign=issuer is None,
                **usage,
            ),
            critical=True,
        )
    )
    if issuer:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(signed_by, hashes.SHA256())


def _authority(name: str) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    return Authority(key, _certificate(name, key, None, until=timedelta(days=900)))


@pytest.fixture(scope="module")
def authority() -> Authority:
    return _authority("The CA")


@pytest.fixture(scope="module")
def paypals_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def _serving() -> Iterator[CertHost]:
    host = CertHost()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append(self.path)
            status, body = host.pages.get(self.path, (404, b""))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body.decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        host.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield host
        server.shutdown()
        thread.join()


@pytest.fixture
def host(_serving: CertHost, authority: Authority, paypals_key: rsa.RSAPrivateKey) -> CertHost:
    _serving.pages = {CERT: (200, authority.issue(paypals_key))}
    _serving.asked.clear()
    return _serving


@pytest.fixture
def certificates(host: CertHost, authority: Authority, tmp_path: Path) -> Certificates:
    """Certificates from the host alone, and trusted if the authority signed them."""
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(authority.certificate.public_bytes(serialization.Encoding.PEM))
    return Certificates(origin=host.url, ca_file=str(ca_file))


def signed(key: rsa.RSAPrivateKey, url: str, *, webhook_id: str = "OURS", at: datetime | None = None) -> dict[str, str]:
    moment = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    message = f"t-1|{moment}|{webhook_id}|{zlib.crc32(BODY)}".encode()
    return {
        "PAYPAL-TRANSMISSION-ID": "t-1",
        "PAYPAL-TRANSMISSION-TIME": moment,
        "PAYPAL-TRANSMISSION-SIG": base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode(),
        "PAYPAL-CERT-URL": url,
        "PAYPAL-AUTH-ALGO": "SHA256withRSA",
    }


def check(headers: dict[str, str], certificates: Certificates, *ids: str) -> None:
    check_signature(headers, BODY, webhook_ids=ids or ("OURS",), certificates=certificates)


def test_paypals_own_is_believed_and_its_certificate_fetched_once(
    host: CertHost, certificates: Certificates, paypals_key: rsa.RSAPrivateKey
) -> None:
    for _ in range(3):
        check(signed(paypals_key, host.url + CERT), certificates)
    check(signed(paypals_key, host.url + CERT, webhook_id="OLD"), certificates, "OURS", "OLD")  # while one is replaced
    assert host.asked == [CERT]


def test_another_webhooks_is_not(host: CertHost, certificates: Certificates, paypals_key: rsa.RSAPrivateKey) -> None:
    with pytest.raises(BadSignature, match="not over this"):
        check(signed(paypals_key, host.url + CERT, webhook_id="THEIRS"), certificates)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1/notifications/certs/CERT-1",
        "{url}.evil.example/v1/notifications/certs/CERT-1",
        "http://paypal@{host}/v1/notifications/certs/CERT-1",
        "{url}@evil.example/v1/notifications/certs/CERT-1",
        "https://{host}/v1/notifications/certs/CERT-1",
        "{url}/v1/notifications/certs/../../redirect",
        "{url}/v1/notifications/certs/CERT-1?next=/evil",
        "{url}/v1/notifications/certs/CERT-1#x",
        "{url}/v1/notifications/certs/%2e%2e",
        "{url}/evil/v1/notifications/certs/CERT-1",
        "file:///etc/passwd",
        "//{host}/v1/notifications/certs/CERT-1",
        "",
    ],
)
def test_a_certificate_elsewhere_is_not_even_asked_for(
    url: str, host: CertHost, certificates: Certificates, paypals_key: rsa.RSAPrivateKey
) -> None:
    address = url.format(url=host.url, host=host.url.removeprefix("http://"))
    with pytest.raises(BadSignature):
        check(signed(paypals_key, address), certificates)
    assert host.asked == []


@pytest.mark.parametrize("minutes", [-6, 6])
def test_what_is_not_of_now_is_refused_before_anybody_is_asked(
    minutes: int, host: CertHost, certificates: Certificates, paypals_key: rsa.RSAPrivateKey
) -> None:
    with pytest.raises(BadSignature, match="too old, or of the future"):
        check(signed(paypals_key, host.url + CERT, at=datetime.now(UTC) + timedelta(minutes=minutes)), certificates)
    assert host.asked == []


def pem(authority: Authority) -> bytes:
    return authority.certificate.public_bytes(serialization.Encoding.PEM)


# What PayPal's address says instead of its certificate: status, body; made of the CA, PayPal's key, and the good certificate.
WRONG: dict[str, Callable[[Authority, rsa.RSAPrivateKey, bytes], tuple[int, bytes]]] = {
    "another CA": lambda _ca, key, _good: (200, _authority("Another CA").issue(key)),
    "self-signed": lambda _ca, _key, _good: (200, pem(_authority(NAME))),
    "another name": lambda ca, key, _good: (200, ca.issue(key, name="www.evil.example")),
    "expired": lambda ca, key, _good: (200, ca.issue(key, until=timedelta(days=-1))),
    "no RSA": lambda ca, _key, _good: (200, ca.issue(ec.generate_private_key(ec.SECP256R1()))),
    "redirect": lambda _ca, _key, _good: (302, b"/elsewhere"),
    "too long": lambda _ca, _key, good: (200, good + b"\n" * paypal_signature.MAX_CERT_SIZE),
    "gone": lambda _ca, _key, good: (404, good),
    "no certificate": lambda _ca, _key, _good: (200, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
    "empty": lambda _ca, _key, _good: (200, b""),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_certificate_that_is_not_in_order_is_not_believed(
    what: str, host: CertHost, certificates: Certificates, authority: Authority, paypals_key: rsa.RSAPrivateKey
) -> None:
    good = host.pages[CERT]
    host.pages |= {CERT: WRONG[what](authority, paypals_key, good[1]), "/elsewhere": good}
    with pytest.raises(BadSignature):
        check(signed(paypals_key, host.url + CERT), certificates)
    assert host.asked == [CERT]  # no redirect is followed

    host.pages[CERT] = good  # and what was refused is not remembered against PayPal
    check(signed(paypals_key, host.url + CERT), certificates)


def test_a_weak_key_is_not_believed_whoever_signed_its_certificate(
    host: CertHost, certificates: Certificates, authority: Authority
) -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  # that is the point
    host.pages[CERT] = (200, authority.issue(weak))
    with pytest.raises(BadSignature):
        check(signed(weak, host.url + CERT), certificates)


def test_a_flood_of_unknown_certificates_is_not_passed_on_to_paypal(
    host: CertHost, certificates: Certificates, paypals_key: rsa.RSAPrivateKey
) -> None:
    check(signed(paypals_key, host.url + CERT), certificates)
    for number in range(40):
        with pytest.raises(BadSignature):
            check(signed(paypals_key, f"{host.url}/v1/notifications/certs/CERT-X{number}"), certificates)
    assert len(host.asked) == paypal_signature.MAX_FETCHES
    check(signed(paypals_key, host.url + CERT), certificates)  # the known one is still believed


def test_without_a_file_of_its_own_the_public_cas_are_trusted_and_no_stand_in(
    paypals_key: rsa.RSAPrivateKey,
) -> None:
    assert len(paypal_signature._load_authorities(Path(certifi.where()).read_bytes())) > 100
    certificates = Certificates(origin="https://api.paypal.com")
    with pytest.raises(BadSignature, match="leads to nobody"):
        certificates._check(_authority("x").issue(paypals_key), now=datetime.now(UTC))
