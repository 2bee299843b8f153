"""Passkeys: a key pair per device, made by the browser or a security key. The shop keeps public keys, which open nothing.

A passkey answers only on the shop's own address (`settings.SHOP_ORIGIN`), so no look-alike page can have one shown to it.

The library is loaded by the functions that need it: 4 MB that workers, which know this file by the addresses, do without.
"""

from __future__ import annotations

import ipaddress
import time
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from store.accounts.mails import AccountMail, queue_account_mail
from store.audit import record
from store.models import Passkey, User
from store.staff.factors import UnableToTakeFactorAway, WrongCode
from store.staff.models import Authenticator

# Key of the session: what the browser has to sign, once and soon.
_CHALLENGE: Final = "staff.challenge"
_SIGNED_WITHIN: Final = 300  # seconds
MOST: Final = 10  # passkeys of one person
LONGEST_ANSWER: Final = 20_000  # characters; a large attestation has some 6,000


def are_possible() -> bool:
    """Say whether browsers can do it here: it takes a name, not an IP address, and TLS or this very machine."""
    parts = urlsplit(settings.SHOP_ORIGIN)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host) and (parts.scheme == "https" or host == "localhost")
    return False


def options_to_make(*, user: User, request: HttpRequest) -> str:
    """Return as JSON what the browser needs to make a passkey; the challenge stays in the session."""
    from webauthn import generate_registration_options, options_to_json  # noqa: PLC0415 - see above
    from webauthn.helpers.structs import (  # noqa: PLC0415 - see above
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=_host(),
        rp_name=settings.SHOP_NAME,
        user_id=user.pk.bytes,
        user_name=user.email,
        user_display_name=user.get_full_name(),
        exclude_credentials=_known(user),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    _remember(request, options.challenge)
    return options_to_json(options)


def options_to_show(*, user: User, request: HttpRequest) -> str:
    """Return as JSON what the browser needs to show a passkey, or "" if there is none."""
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415 - see above
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415 - see above

    known = _known(user)
    if not known or not are_possible():
        return ""
    options = generate_authentication_options(
        rp_id=_host(), allow_credentials=known, user_verification=UserVerificationRequirement.PREFERRED
    )
    _remember(request, options.challenge)
    return options_to_json(options)


def add_passkey(*, user: User, name: str, answer: str, request: HttpRequest, now: datetime) -> Passkey:
    """Keep the passkey that the browser made. Raises `WrongCode` for an answer to anything but the page's own question."""
    from webauthn import verify_registration_response  # noqa: PLC0415 - see above
    from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415 - see above
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415 - see above

    challenge = _take_challenge(request)
    try:
        made = verify_registration_response(
            credential=_readable(answer),
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=settings.SHOP_ORIGIN,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WrongCode from error
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if Passkey.objects.filter(user=user).count() >= MOST:
            raise WrongCode
        try:
            with transaction.atomic():
                passkey = Passkey.objects.create(
                    user=user,
                    credential=bytes_to_base64url(made.credential_id),
                    public_key=bytes_to_base64url(made.credential_public_key),
                    sign_count=made.sign_count,
                    name=name,
                    made_at=now,
                )
        except IntegrityError:
            raise WrongCode from None
        record(actor=user, action="staff.passkey_added", object=user, request=request, now=now)
        queue_account_mail(AccountMail.PASSKEY_ADDED, user.pk)
    return passkey


def check_passkey(*, user: User, answer: str, request: HttpRequest, now: datetime) -> None:
    """Check what a passkey signed. Raises `WrongCode`, which is written down.

    The count that some keys keep must grow: one that doesn't is a copy.
    """
    from webauthn import base64url_to_bytes, verify_authentication_response  # noqa: PLC0415 - see above
    from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json  # noqa: PLC0415 - see above
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415 - see above

    challenge = _take_challenge(request)
    try:
        shown = parse_authentication_credential_json(_readable(answer))
        passkey = Passkey.objects.get(user=user, credential=bytes_to_base64url(shown.raw_id))
        proof = verify_authentication_response(
            credential=shown,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=settings.SHOP_ORIGIN,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
        )
    except (WebAuthnException, Passkey.DoesNotExist, ValueError, KeyError, TypeError, AttributeError) as error:
        record(actor=user, action="staff.passkey_refused", object=user, request=request, now=now)
        raise WrongCode from error
    Passkey.objects.filter(pk=passkey.pk).update(sign_count=proof.new_sign_count, used_at=now)


def remove_passkey(*, user: User, pk: UUID, request: HttpRequest, now: datetime) -> None:
    """Forget one of one's own passkeys. Raises `UnableToTakeFactorAway` if nothing would be left to log in with."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        others = Passkey.objects.filter(user=user).exclude(pk=pk).exists()
        if not others and not Authenticator.objects.filter(user=user, confirmed_at__isnull=False).exists():
            raise UnableToTakeFactorAway
        if Passkey.objects.filter(user=user, pk=pk).delete()[0]:
            record(actor=user, action="staff.passkey_removed", object=user, request=request, now=now)
            queue_account_mail(AccountMail.PASSKEY_REMOVED, user.pk)


def _known(user: User) -> list[Any]:  # of the library's descriptors
    from webauthn import base64url_to_bytes  # noqa: PLC0415 - see above
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor  # noqa: PLC0415 - see above

    ids = Passkey.objects.filter(user=user).order_by("made_at").values_list("credential", flat=True)
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(credential)) for credential in ids]


def _host() -> str:
    return urlsplit(settings.SHOP_ORIGIN).hostname or ""


def _readable(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("The answer is too long.")
    return answer


def _remember(request: HttpRequest, challenge: bytes) -> None:
    from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415 - see above

    request.session[_CHALLENGE] = [bytes_to_base64url(challenge), int(time.time())]


def _take_challenge(request: HttpRequest) -> bytes:
    """Return what had to be signed; it counts once. Raises `WrongCode` if it is gone or old."""
    from webauthn import base64url_to_bytes  # noqa: PLC0415 - see above

    challenge, made = request.session.pop(_CHALLENGE, ("", 0))
    if not challenge or time.time() - made > _SIGNED_WITHIN:
        raise WrongCode
    return base64url_to_bytes(challenge)
