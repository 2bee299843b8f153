"""Keep and find API objects."""

from sandbox.ground.values import Json
from sandbox.paypal.errors import not_found
from sandbox.paypal.ids import moment
from sandbox.paypal.models import Resource


def put(
    kind: str, body: Json, *, now: int, order: str = "", parent: str = "", due_at: int | None = None,
    hidden: Json | None = None,
) -> Resource:  # fmt: skip
    """Store a new object."""
    return Resource.objects.create(
        ref=body["id"],
        kind=kind,
        created=now,
        order=order,
        parent=parent,
        due_at=due_at,
        body=body,
        hidden=hidden or {},
    )


def save(resource: Resource, *, now: int) -> None:
    """Store what changed in an object."""
    resource.body["update_time"] = moment(now)
    resource.save(update_fields=["body", "hidden", "due_at"])


def find(kind: str, ref: str) -> Resource:
    """One object; raise ApiError (404) when there is none."""
    try:
        return Resource.objects.get(kind=kind, ref=ref)
    except Resource.DoesNotExist:
        raise not_found() from None


def belonging(kind: str, *, order: str = "", parent: str = "") -> list[Resource]:
    """The objects of a kind that belong to an order or were made from another object, oldest first."""
    found = Resource.objects.filter(kind=kind)
    if order:
        found = found.filter(order=order)
    if parent:
        found = found.filter(parent=parent)
    return list(found.order_by("position"))
