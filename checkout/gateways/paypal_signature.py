"""Whether a webhook comes from PayPal: an RSA signature by a certificate that PayPal publishes; PayPal need not be asked.

What is signed is `transmission id | time | webhook id | CRC-32 of the body`. The header names where the certificate is: only
PayPal's own host is asked, over HTTPS, without redirects, for a short time and a short answer, and the certificate must lead
to a trusted CA and be made out to PayPal's name for this purpose. All that is cheap is looked at before anybody is asked.

Source: developer.paypal.com/api/rest/webhooks/rest ("Self verification method").
"""

from __future__ import annotations

import base64
import binascii
import re
import threading
import time
import warnings
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import certifi
import requests
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from checkout.gateways.base import BadSignature
from checkout.gateways.paypal_reading import moment

# Seconds; PayPal sets no limit of its own. A signature of the future is as wrong as one of the past.
TOLERANCE = timedelta(seconds=300)

# Where PayPal publishes its certificates: an id below this path, nothing else.
_CERT_PATH = re.compile(r"/v1/notifications/certs/[A-Za-z0-9_-]{1,100}")

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)

# Whom the certificate must be made out to.
_SUBJECTS = {
    "api.paypal.com": "messageverificationcerts.paypal.com",
    "api.sandbox.paypal.com": "messageverificationcerts.sandbox.paypal.com",
}

TIMEOUT = 5  # seconds, for each of connecting and the next byte
MAX_CERT_SIZE = 32 * 1024  # bytes; a chain of three is 8 kB
MIN_KEY_SIZE = 2048  # bits
KEPT = 8  # certificates; PayPal uses one or two at a time
# Unknown addresses are looked up so often at most; a flood of forged ones must not make the shop call PayPal all day.
MAX_FETCHES, FETCH_WINDOW = 20, 60.0  # times, seconds


@dataclass(frozen=True, slots=True)
class _Leaf:
    key: rsa.RSAPublicKey
    valid_from: datetime
    valid_until: datetime


class Certificates:
    """PayPal's certificates: fetched once, checked, kept in this process for as long as they are valid."""

    def __init__(self, *, origin: str, ca_file: str = "") -> None:
        """`origin`: the one place they may come from. `ca_file`: whom to trust instead of the public CAs."""
        self._origin = origin
        host = urlsplit(origin).hostname or ""
        self._subject = _SUBJECTS.get(host, "messageverificationcerts.paypal.com")
        self._ca_file = Path(ca_file or certifi.where())
        self._store: Store | None = None
        self._kept: dict[str, _Leaf] = {}
        self._fetched: list[float] = []
        self._lock = threading.Lock()

    def key_at(self, url: str, *, now: datetime) -> rsa.RSAPublicKey:
        """The public key of the certificate at `url`; raise BadSignature unless all of it is in order."""
        place = urlsplit(url)
        # `netloc` holds user and port as well, so nothing but the very host gets through.
        if f"{place.scheme}://{place.netloc}" != self._origin or place.query or place.fragment:
            raise BadSignature("the certificate is not at PayPal's")
        if not _CERT_PATH.fullmatch(place.path):
            raise BadSignature("the certificate has no address of PayPal's")
        with self._lock:
            leaf = self._kept.get(url)
            if leaf is None:
                leaf = self._check(self._fetch(url), now=now)
                while len(self._kept) >= KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[url] = leaf
        if not leaf.valid_from <= now <= leaf.valid_until:
            raise BadSignature("the certificate is not valid now")
        return leaf.key

    def _fetch(self, url: str) -> bytes:
        started = time.monotonic()
        self._fetched = [at for at in self._fetched if at > started - FETCH_WINDOW]
        if len(self._fetched) >= MAX_FETCHES:
            raise BadSignature("too many certificates were asked for")
        self._fetched.append(started)
        found = b""
        try:
            with requests.get(url, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer:
                if answer.status_code != requests.codes.ok:
                    raise BadSignature("there is no such certificate")
                for part in answer.iter_content(1):  # so that the clock is looked at however slowly they come
                    found += part
                    if len(found) > MAX_CERT_SIZE or time.monotonic() > started + 2 * TIMEOUT:
                        raise BadSignature("the certificate is too long, or comes too slowly")
        except requests.RequestException as error:
            raise BadSignature("the certificate could not be had") from error
        return found

    def _check(self, pem: bytes, *, now: datetime) -> _Leaf:
        try:
            leaf, *others = x509.load_pem_x509_certificates(pem)
            self._store = self._store or Store(_load_authorities(self._ca_file.read_bytes()))
            verifier = PolicyBuilder().store(self._store).time(now).build_server_verifier(x509.DNSName(self._subject))
            verifier.verify(leaf, others)
        except (ValueError, VerificationError) as error:
            raise BadSignature("the certificate leads to nobody we trust") from error
        key = leaf.public_key()
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < MIN_KEY_SIZE:
            raise BadSignature("the certificate has a weak key")
        return _Leaf(key, leaf.not_valid_before_utc, leaf.not_valid_after_utc)


def _load_authorities(pem: bytes) -> list[x509.Certificate]:
    """Those of a bundle that can be read: some of the public ones are older than the rules, and PayPal's is none of them."""
    found = []
    for one in _PEM.findall(pem):
        with warnings.catch_warnings(), suppress(ValueError):
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            found.append(x509.load_pem_x509_certificate(one))
    return found


def check_signature(
    headers: Mapping[str, str], body: bytes, *, webhook_ids: tuple[str, ...], certificates: Certificates
) -> None:
    """Raise BadSignature unless PayPal signed this body for one of our webhooks just now."""
    given = {name.lower().removeprefix("paypal-"): value for name, value in headers.items()}
    try:
        signed_at = moment(given["transmission-time"])
        start = f"{given['transmission-id']}|{given['transmission-time']}"
        cert_url, algorithm = given["cert-url"], given["auth-algo"]
        signature = base64.b64decode(given["transmission-sig"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise BadSignature("a header is missing or can't be read") from error
    now = datetime.now(UTC)
    if algorithm != "SHA256withRSA":
        raise BadSignature("another algorithm")
    if abs(now - signed_at) > TOLERANCE:
        raise BadSignature("too old, or of the future")
    key = certificates.key_at(cert_url, now=now)
    for webhook_id in webhook_ids:
        message = f"{start}|{webhook_id}|{zlib.crc32(body)}".encode()
        try:
            key.verify(signature, message, padding.PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return
    raise BadSignature("the signature is not over this")
