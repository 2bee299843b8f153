"""Keep, find and list API objects."""

from collections.abc import Mapping
from typing import Any

from sandbox.ground.values import Json
from sandbox.stripe.errors import bad_parameter, missing
from sandbox.stripe.models import Resource
from sandbox.stripe.params import Schema, text, whole

# Object name in the JSON -> how an error message calls it.
CALLED = {
    "checkout.session": "checkout.session",
    "radar.early_fraud_warning": "issuer_fraud_record",
}
LISTING: Schema = {
    "limit": whole,
    "starting_after": text,
    "ending_before": text,
    "created": {"gt": whole, "gte": whole, "lt": whole, "lte": whole},
    "expand": [text],
}
MAX_LIMIT = 100


def put(body: Json, *, due_at: int | None = None, hidden: Json | None = None) -> Resource:
    """Store a new object."""
    return Resource.objects.create(
        ref=body["id"],
        kind=body["object"],
        created=body["created"],
        payment_intent=body.get("payment_intent") or "",
        charge=body.get("charge") or "",
        due_at=due_at,
        body=body,
        hidden=hidden or {},
    )


def save(resource: Resource) -> None:
    """Store what changed in an object."""
    resource.payment_intent = resource.body.get("payment_intent") or ""
    resource.save(update_fields=["body", "hidden", "due_at", "payment_intent"])


def find(kind: str, ref: str, *, param: str = "id") -> Resource:
    """One object; raise ApiError (404) when there is none."""
    try:
        return Resource.objects.get(kind=kind, ref=ref)
    except Resource.DoesNotExist:
        raise missing(CALLED.get(kind, kind), ref, param=param) from None


def listing(kind: str, params: Json, *, path: str, where: Mapping[str, Any] | None = None) -> Json:
    """A page of objects, youngest first, the way every list endpoint answers."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= MAX_LIMIT:
        raise bad_parameter(
            f"This value must be {'greater than or equal to 1' if limit < 1 else 'less than or equal to 100'} "
            f"(it currently is '{limit}').",
            param="limit",
        )
    found = Resource.objects.filter(kind=kind, **(where or {}))
    for bound, moment in (params.get("created") or {}).items():
        found = found.filter(**{f"created__{bound}": moment})
    found = found.order_by("-position")
    backwards = False
    if after := params.get("starting_after"):
        found = found.filter(position__lt=find(kind, after, param="starting_after").position)
    elif before := params.get("ending_before"):
        found = found.filter(position__gt=find(kind, before, param="ending_before").position).order_by("position")
        backwards = True
    page = list(found[: limit + 1])
    shown = page[:limit]
    if backwards:
        shown.reverse()
    return {"object": "list", "url": path, "has_more": len(page) > limit, "data": [item.body for item in shown]}


def refs(kind: str) -> list[str]:
    """The ids of all objects of a kind, oldest first."""
    return list(Resource.objects.filter(kind=kind).order_by("position").values_list("ref", flat=True))
