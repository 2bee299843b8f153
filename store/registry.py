"""The one list of where personal data is, model by model. It drives encryption checks, export, erasure and log masking.

Adding a model with text in it? Put every text, e-mail, IP, JSON, file or binary column in one of the two tables below
(`tests/store/test_registry.py` names the ones that are missing). Columns with `choices` hold only what our code puts there
and need no entry. A personal column must be an `EncryptedTextField`, or a `BlindIndexField` made from one.

    "checkout.Order": Personal(
        found_by=("email_index", "user__email_index"),
        fields={"email": Kind.EMAIL, "email_index": Kind.DIGEST, "ship_name": Kind.NAME},
        made_at="placed_at",
        self_service="email ship_name number placed_at",
    ),

Models are named by string, so this file imports nothing from the apps above.
"""

# ruff: noqa: SLF001 - _meta is Django's public secret
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.apps import apps
from django.db import models

from store.blind_index import BlindIndexField
from store.fields import EncryptedTextField


class Kind(StrEnum):
    """What a personal column holds. Log lines mask values by it, exports show it."""

    NAME = "name"
    EMAIL = "e-mail"
    PHONE = "phone"
    ADDRESS = "address"
    NETWORK = "network"  # IP address, user agent
    TEXT = "text"  # what a person wrote, or staff wrote about them
    DIGEST = "digest"  # a blind index: not readable, but it can be matched, so erasure drops it


@dataclass(frozen=True, kw_only=True)
class Personal:
    """The personal columns of one model.

    `found_by` holds the query paths from the model to an e-mail digest; a row belongs to a person if any of them matches.
    An empty tuple says that rows can't be traced to a person (a digest-only counter that expires, say).
    `made_at` is the query path to when the row, or what it belongs to, came to be: an erasure that is done again after a
    restore leaves alone what is younger. Erasure blanks the columns and keeps the row; with `delete_on_erasure` it deletes
    the row.

    `self_service` names the columns, personal or not, that people get who download their own data (separated by spaces).
    What isn't named stays out: findings, notes of a call and facts of the policy would warn a thief. A member of staff can
    export all of it, and weighs what the law gives to whom.
    """

    found_by: tuple[str, ...]
    fields: Mapping[str, Kind]
    made_at: str = ""
    self_service: str = ""
    delete_on_erasure: bool = False


PERSONAL: Final[dict[str, Personal]] = {
    # -- store ---------------------------------------------------------------------------------------------------------
    "store.User": Personal(
        found_by=("email_index",),
        fields={"email": Kind.EMAIL, "email_index": Kind.DIGEST, "name": Kind.NAME},
        made_at="date_joined",
        self_service="email name language date_joined last_login",
    ),
    "store.SignUp": Personal(
        found_by=("email_index",),
        fields={"email": Kind.EMAIL, "email_index": Kind.DIGEST, "name": Kind.NAME},
        delete_on_erasure=True,
        made_at="made_at",
        self_service="email name made_at",
    ),
    "store.Authenticator": Personal(
        found_by=("user__email_index",), fields={"secret": Kind.TEXT}, delete_on_erasure=True, made_at="made_at"
    ),
    "store.Passkey": Personal(
        found_by=("user__email_index",), fields={"name": Kind.TEXT}, delete_on_erasure=True, made_at="made_at"
    ),
    # What staff did and why: kept for as long as it may be asked for, and under no customer's name.
    "store.AuditRow": Personal(found_by=(), fields={"address": Kind.NETWORK, "why": Kind.TEXT}),
    "store.AuditHead": Personal(found_by=(), fields={"chain_key": Kind.TEXT}),  # no one's data, and a secret all the same
    # -- catalog -------------------------------------------------------------------------------------------------------
    # No text at all: which products somebody means to come back to.
    "catalog.WishList": Personal(
        found_by=("customer__email_index",), fields={}, made_at="updated_at", delete_on_erasure=True
    ),
    "catalog.StockWait": Personal(
        found_by=("email_index",),
        fields={"email": Kind.EMAIL, "email_index": Kind.DIGEST},
        made_at="asked_at",
        self_service="variant_id email asked_at confirmed_at",
        delete_on_erasure=True,
    ),
    # -- checkout ------------------------------------------------------------------------------------------------------
    # No text: what somebody means to buy, once they logged in with it.
    "checkout.Cart": Personal(found_by=("customer__email_index",), fields={}, made_at="updated_at", delete_on_erasure=True),
    "checkout.Order": Personal(
        found_by=("email_index", "customer__email_index"),
        fields={
            "token": Kind.TEXT,
            "email": Kind.EMAIL,
            "email_index": Kind.DIGEST,
            "phone": Kind.PHONE,
            "phone_index": Kind.DIGEST,
            "ip_address": Kind.NETWORK,
            "ip_index": Kind.DIGEST,
            "user_agent": Kind.NETWORK,
            "decision": Kind.TEXT,
            "vat_number": Kind.TEXT,
            "gift_message": Kind.TEXT,
            "order_note": Kind.TEXT,
        },
        made_at="placed_at",
        self_service="number status status_at placed_at email phone ip_address user_agent currency items_total "
        "delivery_total discount_total tax_total total tax_rate vat_number coupon_code "
        "delivery_name is_gift gift_message order_note carrier tracking_number",
    ),
    "checkout.OrderAddress": Personal(
        found_by=("order__email_index", "order__customer__email_index"),
        fields={
            "name": Kind.NAME,
            "line1": Kind.ADDRESS,
            "line2": Kind.ADDRESS,
            "city": Kind.ADDRESS,
            "postcode": Kind.ADDRESS,
            "address_index": Kind.DIGEST,
            "last_name_index": Kind.DIGEST,
            "name_postcode_index": Kind.DIGEST,
        },
        made_at="order__placed_at",
        self_service="order_id kind name line1 line2 city postcode region country",
    ),
    "checkout.KeptAddress": Personal(
        found_by=("customer__email_index",),
        fields={
            "label": Kind.TEXT,
            "name": Kind.NAME,
            "line1": Kind.ADDRESS,
            "line2": Kind.ADDRESS,
            "city": Kind.ADDRESS,
            "postcode": Kind.ADDRESS,
        },
        made_at="made_at",
        self_service="label name line1 line2 city postcode region country is_bill_to is_ship_to",
        delete_on_erasure=True,
    ),
    "checkout.OrderEvent": Personal(
        found_by=("order__email_index", "order__customer__email_index"),
        fields={"why": Kind.TEXT},
        made_at="order__placed_at",
        self_service="order_id was now at",
    ),
    "checkout.Payment": Personal(
        found_by=("order__email_index", "order__customer__email_index"),
        fields={
            "payer_name": Kind.NAME,
            "payer_email": Kind.EMAIL,
            "payer_phone": Kind.PHONE,
            "payer_line1": Kind.ADDRESS,
            "payer_city": Kind.ADDRESS,
            "payer_postcode": Kind.ADDRESS,
        },
        made_at="order__placed_at",
        self_service="order_id gateway reference status status_at created_at amount captured_amount refunded_amount "
        "currency card_brand card_last4 card_country payer_name payer_email payer_phone payer_line1 "
        "payer_city payer_postcode payer_country",
    ),
    "checkout.Difference": Personal(
        found_by=("payment__order__email_index", "payment__order__customer__email_index"),
        fields={"note": Kind.TEXT},
        made_at="payment__order__placed_at",
    ),
    "checkout.Refund": Personal(
        found_by=("payment__order__email_index", "payment__order__customer__email_index"),
        fields={"note": Kind.TEXT},
        made_at="payment__order__placed_at",
        self_service="payment_id status amount",
    ),
    "checkout.Document": Personal(
        found_by=("order__email_index", "order__customer__email_index"),
        fields={"buyer": Kind.NAME},
        made_at="order__placed_at",
        self_service="order_id kind number issued_at currency net tax total buyer",
    ),
    "checkout.DeliveryProof": Personal(
        found_by=("order__email_index", "order__customer__email_index"),
        fields={"signed_by": Kind.NAME, "words": Kind.TEXT},
        made_at="order__placed_at",
        self_service="order_id delivered_at signed_by words",
    ),
    "checkout.Return": Personal(
        found_by=("order__email_index", "order__customer__email_index"),
        fields={"words": Kind.TEXT, "answer": Kind.TEXT, "condition": Kind.TEXT},
        made_at="order__placed_at",
        self_service="order_id status status_at requested_at words answer",
    ),
    "checkout.ReturnEvent": Personal(
        found_by=("of__order__email_index", "of__order__customer__email_index"),
        fields={"why": Kind.TEXT},
        made_at="of__order__placed_at",
        self_service="of_id was now at",
    ),
    "checkout.Confirmation": Personal(
        found_by=("order__email_index", "order__customer__email_index"),
        fields={"ip_address": Kind.NETWORK},
        made_at="order__placed_at",
        self_service="order_id asked_at expires_at answer answered_at ip_address",
    ),
    "checkout.Withdrawal": Personal(
        found_by=("email_index", "order__email_index", "order__customer__email_index"),
        fields={"number": Kind.TEXT, "email": Kind.EMAIL, "email_index": Kind.DIGEST},
        made_at="declared_at",
        self_service="order_id number email declared_at outcome done_at",
    ),
    "checkout.Review": Personal(
        found_by=("order__email_index", "order__customer__email_index"),
        fields={"title": Kind.TEXT, "text": Kind.TEXT, "name": Kind.NAME, "reply": Kind.TEXT, "rejection": Kind.TEXT},
        made_at="order__placed_at",
        self_service="order_id product_id status status_at written_at stars title text name reply rejection",
    ),
    "checkout.ReviewEvent": Personal(
        found_by=("review__order__email_index", "review__order__customer__email_index"),
        fields={"why": Kind.TEXT},
        made_at="review__order__placed_at",
    ),
    # -- fraud ---------------------------------------------------------------------------------------------------------
    "fraud.Assessment": Personal(
        found_by=("order__email_index", "order__customer__email_index"),
        fields={"facts": Kind.TEXT, "unremarkable": Kind.TEXT},
        made_at="order__placed_at",
    ),
    "fraud.ListEntry": Personal(
        found_by=("digest", "order__email_index", "order__customer__email_index"),
        fields={"value": Kind.TEXT, "reason": Kind.TEXT},
        made_at="added_at",
    ),
    "fraud.Finding": Personal(
        found_by=("assessment__order__email_index", "assessment__order__customer__email_index"),
        fields={"reason": Kind.TEXT},
        made_at="assessment__order__placed_at",
    ),
    # no one's data, and secrets all the same
    "fraud.WebhookEndpoint": Personal(found_by=(), fields={"secret": Kind.TEXT, "former_secret": Kind.TEXT}),
    "fraud.Call": Personal(
        found_by=("task__order__email_index", "task__order__customer__email_index"),
        fields={"number": Kind.PHONE, "note": Kind.TEXT},
        made_at="task__order__placed_at",
    ),
    "fraud.CaseFile": Personal(
        found_by=("task__order__email_index", "task__order__customer__email_index"),
        fields={"name": Kind.TEXT, "body": Kind.TEXT},
        made_at="task__order__placed_at",
    ),
    "fraud.Decision": Personal(
        found_by=("task__order__email_index", "task__order__customer__email_index"),
        fields={"note": Kind.TEXT},
        made_at="task__order__placed_at",
    ),
}

# Model -> its text columns that hold nothing about a customer, separated by spaces.
NOT_PERSONAL: Final[dict[str, str]] = {
    # -- Django and third parties --------------------------------------------------------------------------------------
    "admin.LogEntry": "object_id object_repr change_message",  # ids, "User 1a2b3c4d" and names of fields
    "auth.Group": "name",
    "auth.Permission": "name codename",
    "contenttypes.ContentType": "app_label model",
    "django_tasks_database.DBTaskResult": "args_kwargs task_path queue_name backend_name return_value exception_class_path "
    "traceback worker_ids",  # tasks take ids and return nothing; what an error says is masked
    "sessions.Session": "session_key session_data",  # ids only, signed
    # -- store ---------------------------------------------------------------------------------------------------------
    "store.AuditHead": "last seal",  # keyed digests
    "store.AuditRow": "action object_type object_id field_names request_id digest seal",  # ids, our words, names of fields
    "store.BackupRun": "backup message",  # a name made of a date, and the shop's own words
    "store.ErasedRow": "table",
    "store.Erasure": "digest",  # kept on purpose: it is how an erasure is done again after a restore
    "store.KeyCheck": "name fingerprint",
    "store.KnownPlace": "key",  # a digest of account and address together
    "store.OldPassword": "password",  # an Argon2 hash
    "store.Passkey": "credential public_key",  # random bytes, and what proves a signature
    "store.RecoveryCode": "digest",
    "store.Schedule": "name task_id report",  # counts
    "store.SignUp": "password",  # an Argon2 hash; the row is gone within the hour
    "store.Tries": "key",  # a digest
    "store.StaffLookup": "key what digests",  # digests of a search; the row is gone within the quarter of an hour
    "store.StaffSearch": "what",  # the kind of thing, never the value
    "store.Worker": "name",  # a process id and random letters
    "store.User": "language password session_salt",  # an Argon2 hash, which erasure makes unusable; random letters
    # -- catalog -------------------------------------------------------------------------------------------------------
    "catalog.Category": "slug name blurb path stem widths",
    "catalog.Attribute": "code name unit",
    "catalog.AttributeChoice": "slug name",
    "catalog.Product": "slug name brand tagline description facts option_types",
    "catalog.Variant": "sku label options",
    "catalog.Picture": "alt stem widths",
    "catalog.OldAddress": "path",
    "catalog.StockWait": "language",
    "catalog.ProductText": "language name tagline description",
    "catalog.CategoryText": "language name blurb",
    "catalog.PictureText": "language alt",
    "catalog.Phrase": "language phrase said",
    "catalog.MissedSearch": "term",  # what was looked for; `catalog.missed` keeps nothing that may tell who
    "catalog.TextWord": "language word",
    "catalog.Word": "word",
    "catalog.StockMove": "cause",  # "order:81:hold"
    # -- checkout ------------------------------------------------------------------------------------------------------
    "checkout.Alert": "cause message",  # ids and the shop's own words
    "checkout.Coupon": "code note",  # a merchant's words about it
    "checkout.DeliveryMethod": "code name promise countries",
    "checkout.DeliveryZone": "name countries regions postcodes",
    "checkout.Difference": "gateway object_id reference currency void_key",
    "checkout.Dispute": "gateway reference reason",  # the gateway's id and words
    "checkout.Document": "number currency data",  # what was bought, as in the order's lines; never by whom
    "checkout.GatewayNotice": "gateway reference reason",
    "checkout.GatewayEventRecord": "gateway event_id kind session_id reference error",
    "checkout.Mail": "cause error",  # an id, the class of an error
    # Country and region stay readable for tax and figures; the carrier and its number tell nothing without the carrier.
    "checkout.Order": "number token_hash language currency coupon_code tax_name delivery_code delivery_name carrier "
    "tracking_number",
    "checkout.OrderAddress": "region country",
    "checkout.KeptAddress": "region country",
    "checkout.OrderEvent": "was now",
    "checkout.OrderLine": "sku name options",
    # The gateway's ids; brand, country and last four digits may be kept (PCI DSS 3.4.1); the fingerprint is the gateway's.
    "checkout.Payment": "gateway currency start_key authorise_key reauthorise_key capture_key void_key "
    "session_id session_url reference former_reference payer_status seller_protection "
    "card_brand card_last4 card_country card_fingerprint payer_country",
    "checkout.PaymentEvent": "was now why",  # the shop's own words
    "checkout.Refund": "key reference problem tax_parts",  # the gateway's id and words
    "checkout.ReturnEvent": "was now",
    "checkout.ReviewEvent": "was now",
    "checkout.Shipment": "carrier tracking_number",  # as the order's
    "checkout.Withdrawal": "error",  # the class of an error
    "checkout.ShopTerms": "text",  # the shop's own words
    "checkout.ShopTermsText": "language text",
    "checkout.TaxRate": "country region postcode name",
    # -- fraud ---------------------------------------------------------------------------------------------------------
    "fraud.WebhookEndpoint": "url note kinds",
    "fraud.OutgoingMessage": "message_id data error",  # ids and codes
    "fraud.Backtest": "tried base result error",  # policies, counts, numbers of orders
    "fraud.Call": "answers",  # codes of questions, and pass or fail; never what was said
    "fraud.CaseFile": "sha256",  # of what is encrypted
    "fraud.DeskRules": "currency note",  # a merchant's words about the desk
    "fraud.ListEntry": "digest",  # kept on purpose: an erasure must not take a thief off the block list
    "fraud.Policy": "points always_call modes limits note",  # names of rules, numbers, a merchant's words about them
    "fraud.Finding": "code grade",
}

# Columns that could hold something about a person.
_TELLING: Final = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.GenericIPAddressField,
    models.BinaryField,
    models.FileField,
    EncryptedTextField,
)


def telling_columns(model: type[models.Model]) -> Iterator[models.Field[object, object]]:
    """Yield the columns of a model that could hold something about a person."""
    for field in model._meta.local_concrete_fields:
        if isinstance(field, _TELLING) and not field.choices:
            yield field


def personal_fields(model: type[models.Model]) -> Mapping[str, Kind]:
    """Return the registered personal columns of a model and what they hold."""
    entry = PERSONAL.get(model._meta.label)
    return entry.fields if entry else {}


def personal_models() -> Iterator[tuple[type[models.Model], Personal]]:
    """Yield every registered model. Raises `LookupError` for one that doesn't exist."""
    for label, entry in PERSONAL.items():
        yield apps.get_model(label), entry


def unregistered_columns() -> list[str]:
    """Name the columns that are in neither table: each is a place where personal data could hide."""
    return [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        for field in telling_columns(model)
        if field.name not in personal_fields(model) and field.name not in NOT_PERSONAL.get(model._meta.label, "").split()
    ]


def readable_personal_columns() -> list[str]:
    """Name the personal columns that aren't encrypted. There should be none."""
    return [
        f"{model._meta.label}.{name}"
        for model, entry in personal_models()
        for name in entry.fields
        if not isinstance(model._meta.get_field(name), EncryptedTextField | BlindIndexField)
    ]


def encrypted_fields() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    """Yield every encrypted column of every installed model."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy:
            for field in model._meta.local_concrete_fields:
                if isinstance(field, EncryptedTextField):
                    yield model, field
