"""Calls to the stand-in PayPal as a shop makes them, with nothing between test and answer."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from tests.sandbox.process import RunningSandbox, request

type Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """Status and JSON."""

    status: int
    body: Json

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    @property
    def issue(self) -> str:
        """The first issue of a refusal."""
        return str(self.body["details"][0]["issue"])

    @property
    def refusal(self) -> tuple[int, str, str]:
        """Status, name and first issue."""
        return self.status, self.body["name"], self.issue


class Paypal:
    """One shop's access; fetches its token when it first needs one."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        self.token = ""

    def log_in(self, *, secret: str | None = None, grant: str = "grant_type=client_credentials") -> Answer:
        """Ask for a token."""
        pair = f"{self.sandbox.paypal_client_id}:{secret or self.sandbox.paypal_client_secret}"
        headers = {
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        status, text = request("POST", f"{self.sandbox.url}/v1/oauth2/token", body=grant, headers=headers)
        return Answer(status, json.loads(text))

    def get(self, path: str) -> Answer:
        """GET."""
        return self._call("GET", path, None, {})

    def post(self, path: str, body: Any = None, *, request_id: str = "", full: bool = True) -> Answer:
        """POST JSON; `full` asks for a representation."""
        headers = {"PayPal-Request-Id": request_id} if request_id else {}
        if full:
            headers["Prefer"] = "return=representation"
        return self._call("POST", path, body, headers)

    def open(self, **changes: Any) -> Answer:
        """Open an order as the shop does: two mugs and delivery for £30.00, to be authorised only."""
        return self.post("/v2/checkout/orders", order_request(**changes))

    def authorized(self, buyer: Any = "good", **changes: Any) -> tuple[str, str]:
        """An order that is approved and authorised: its id and the authorisation's."""
        order = self.open(**changes)["id"]
        self.sandbox.approve(order, buyer)
        done = self.post(f"/v2/checkout/orders/{order}/authorize", {})
        return order, done["purchase_units"][0]["payments"]["authorizations"][0]["id"]

    def captured(self, **changes: Any) -> str:
        """An order that is captured in full: the capture's id."""
        _, authorization = self.authorized(**changes)
        return str(self.post(f"/v2/payments/authorizations/{authorization}/capture", {})["id"])

    def _call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        if not self.token:
            self.token = self.log_in()["access_token"]
        status, text = request(
            method,
            f"{self.sandbox.url}{path}",
            body=body if body is None or isinstance(body, str) else json.dumps(body),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **headers},
        )
        return Answer(status, json.loads(text) if text.startswith("{") else {"text": text})


def gbp(value: str, currency: str = "GBP") -> Json:
    """A money object."""
    return {"currency_code": currency, "value": value}


def order_request(unit: Json | None = None, context: Json | None = None, **changes: Any) -> Json:
    """What the shop sends to open an order; `unit` and `context` change the parts within."""
    return {
        "intent": "AUTHORIZE",
        "purchase_units": [
            {
                "custom_id": "payment-7",
                "amount": {**gbp("30.00"), "breakdown": {"item_total": gbp("25.00"), "shipping": gbp("5.00")}},
                "items": [{"name": "Mug", "quantity": "2", "unit_amount": gbp("12.50")}],
                **(unit or {}),
            }
        ],
        "payment_source": {
            "paypal": {
                "email_address": "ada@example.com",
                "experience_context": {
                    "return_url": "http://shop.test/thanks/?payment=7",
                    "cancel_url": "http://shop.test/cart/",
                    "shipping_preference": "NO_SHIPPING",
                    "user_action": "PAY_NOW",
                    **(context or {}),
                },
            }
        },
        **changes,
    }
