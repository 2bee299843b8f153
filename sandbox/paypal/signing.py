"""Webhook signatures and the certificates behind them.

PayPal signs `transmission id|time|webhook id|CRC32 of the body` with a key whose certificate, for the name
messageverificationcerts.paypal.com, lies at an address that the request names. Here a root of our own stands in for the
public one: a shop that shall trust this stand-in must be given `ca.pem`.

Source: developer.paypal.com/api/rest/webhooks/rest ("Verify the webhook signature").
"""

import base64
import functools
import json
import re
import uuid
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from sandbox.ground.values import Json
from sandbox.paypal.ids import moment

LEAF_NAME = "messageverificationcerts.paypal.com"
ALGORITHM = "SHA256withRSA"
LIFETIME = timedelta(days=825)
# Made anew when less than this is left, so that travelling a month ahead stays within it.
SPARE = timedelta(days=90)

type AuthorityKey = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Certificates:
    """The root that shops must trust, what PayPal's address serves (leaf, then intermediate), and the leaf's key."""

    ca_pem: str
    chain_pem: str
    key: rsa.RSAPrivateKey

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate that signs."""
        return x509.load_pem_x509_certificate(self.chain_pem.encode())

    @property
    def name(self) -> str:
        """Such as CERT-360caa42-fca2a594-a5cafa77: changes with the certificate."""
        digest = self.leaf.fingerprint(hashes.SHA256()).hex()
        return f"CERT-{digest[:8]}-{digest[8:16]}-{digest[16:24]}"

    @property
    def url(self) -> str:
        """What PAYPAL-CERT-URL says."""
        return f"{settings.SANDBOX_ORIGIN}/v1/notifications/certs/{self.name}"


def sign(payload: str, at: int) -> dict[str, str]:
    """The headers of a webhook sent at this moment (seconds since 1970)."""
    keys = certificates()
    transmission, time = str(uuid.uuid4()), moment(at)
    signature = keys.key.sign(
        signed_text(transmission=transmission, time=time, payload=payload.encode()), padding.PKCS1v15(), hashes.SHA256()
    )
    return {
        "PAYPAL-TRANSMISSION-ID": transmission,
        "PAYPAL-TRANSMISSION-TIME": time,
        "PAYPAL-TRANSMISSION-SIG": base64.b64encode(signature).decode(),
        "PAYPAL-CERT-URL": keys.url,
        "PAYPAL-AUTH-ALGO": ALGORITHM,
        "PAYPAL-AUTH-VERSION": "v2",
        "User-Agent": "PayPal/AUHD-214.0-59185387",
    }


def signed_text(*, transmission: str, time: str, payload: bytes) -> bytes:
    """What the signature is over."""
    return f"{transmission}|{time}|{settings.PAYPAL_WEBHOOK_ID}|{zlib.crc32(payload)}".encode()


def is_sent_by_us(given: Json, *, raw: str) -> bool:
    """Whether a webhook that a shop hands back was signed here; `raw` is the request's text.

    The signature is over the bytes that were sent, so the event is taken as it stands in the request: a shop that reads
    and writes it anew fails, as it does with the real one.
    """
    keys = certificates()
    if (given["webhook_id"], given["cert_url"], given["auth_algo"]) != (settings.PAYPAL_WEBHOOK_ID, keys.url, ALGORITHM):
        return False
    try:
        text = signed_text(
            transmission=given["transmission_id"], time=given["transmission_time"], payload=_event_as_sent(raw).encode()
        )
        signature = base64.b64decode(given["transmission_sig"], validate=True)
        keys.key.public_key().verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _event_as_sent(raw: str) -> str:
    """The text of the value of `webhook_event` in a JSON object."""
    decoder = json.JSONDecoder()
    for found in re.finditer(r'"webhook_event"\s*:\s*', raw):
        _, end = decoder.raw_decode(raw, found.end())
        return raw[found.end() : end]
    return ""


@functools.cache
def certificates() -> Certificates:
    """The certificates of this sandbox, made on first use."""
    make_certificates()
    folder = settings.SANDBOX_PAYPAL_CERTS
    key = serialization.load_pem_private_key((folder / "key.pem").read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("key.pem holds no RSA key")
    return Certificates((folder / "ca.pem").read_text(), (folder / "chain.pem").read_text(), key)


def make_certificates() -> None:
    """Make root, intermediate and leaf unless they are there and will last; two processes must not do it at once."""
    folder = settings.SANDBOX_PAYPAL_CERTS
    chain = folder / "chain.pem"
    now = datetime.now(UTC)
    if chain.exists() and x509.load_pem_x509_certificate(chain.read_bytes()).not_valid_after_utc > now + SPARE:
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    root_key, middle_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    leaf_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    root = _certificate("Sandbox Root CA", root_key, issuer=None, signed_by=root_key, now=now, depth=1)
    middle = _certificate("Sandbox Issuing CA", middle_key, issuer=root, signed_by=root_key, now=now, depth=0)
    leaf = _certificate(LEAF_NAME, leaf_key, issuer=middle, signed_by=middle_key, now=now, depth=None)
    pem = serialization.Encoding.PEM
    (folder / "key.pem").write_bytes(
        leaf_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "ca.pem").write_bytes(root.public_bytes(pem))
    # Last: its presence says that all is there.
    chain.write_bytes(leaf.public_bytes(pem) + middle.public_bytes(pem))


def _certificate(
    name: str,
    key: AuthorityKey | rsa.RSAPrivateKey,
    *,
    issuer: x509.Certificate | None,
    signed_by: AuthorityKey,
    now: datetime,
    depth: int | None,
) -> x509.Certificate:
    """An authority's certificate (`depth`: how many authorities may stand below it), or with None a leaf's."""
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ringback Sandbox"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    is_leaf = depth is None
    usage = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=not is_leaf, path_length=depth), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_by.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=is_leaf,
                key_encipherment=is_leaf,
                key_cert_sign=not is_leaf,
                crl_sign=not is_leaf,
                **usage,
            ),
            critical=True,
        )
    )
    if is_leaf:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
    return builder.sign(signed_by, hashes.SHA256())
