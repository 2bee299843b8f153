"""`expand[]`: replace an id by the object it names, at any depth up to four."""

from typing import Any

from sandbox.ground.values import Json
from sandbox.stripe.errors import bad_parameter
from sandbox.stripe.models import Resource

MAX_DEPTH = 4


def expand(answer: Json, paths: list[str] | None) -> Json:
    """The answer with these dotted paths expanded; raise ApiError for a property that cannot be."""
    for path in paths or []:
        parts = path.split(".")
        if len(parts) > MAX_DEPTH:
            raise bad_parameter(f"You cannot expand more than {MAX_DEPTH} levels of a property.", param="expand")
        _expand(answer, parts, path)
    return answer


def _expand(node: Any, parts: list[str], path: str) -> None:
    if isinstance(node, list):
        for item in node:
            _expand(item, parts, path)
        return
    if not parts or node is None:
        return
    name, *rest = parts
    if name not in node:
        included = _included(node, name)
        if included is None:
            raise bad_parameter(
                f"This property cannot be expanded ({path}). You may want to try expanding something else.",
                param="expand",
            )
        node[name] = included
    elif isinstance(node[name], str):
        found = Resource.objects.filter(ref=node[name]).first()
        if found is None:
            raise bad_parameter(f"This property cannot be expanded ({path}).", param="expand")
        node[name] = found.body
    _expand(node[name], rest, path)


def _included(node: Json, name: str) -> Json | None:
    """Lists that an object carries only when asked for."""
    if node.get("object") == "checkout.session" and name == "line_items":
        return line_items(node["id"])
    if node.get("object") == "charge" and name == "refunds":
        refunds = Resource.objects.filter(kind="refund", charge=node["id"]).order_by("-position")
        return {
            "object": "list",
            "data": [refund.body for refund in refunds],
            "has_more": False,
            "url": f"/v1/charges/{node['id']}/refunds",
        }
    return None


def line_items(session: str) -> Json:
    """The lines of a Checkout Session as a list object."""
    hidden = Resource.objects.get(kind="checkout.session", ref=session).hidden
    return {
        "object": "list",
        "data": hidden["line_items"],
        "has_more": False,
        "url": f"/v1/checkout/sessions/{session}/line_items",
    }
