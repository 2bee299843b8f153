"""How the control API answers: JSON in, JSON out, and every refusal explained."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from sandbox.ground.faults import UnknownFaultError
from sandbox.ground.switches import UnknownSwitchError
from sandbox.ground.values import Json
from sandbox.paypal.buyers import UnknownBuyerError
from sandbox.paypal.errors import ApiError as PaypalError
from sandbox.paypal.orders import OrderClosedError
from sandbox.stripe.cards import UnknownCardError
from sandbox.stripe.errors import ApiError as StripeError
from sandbox.stripe.payments import SessionClosedError

type Answer = Callable[..., JsonResponse]


class UnableToObeyError(Exception):
    """The request to the control API makes no sense; the text says why."""


REFUSALS = (
    UnableToObeyError, UnknownSwitchError, UnknownFaultError, UnknownCardError, UnknownBuyerError, StripeError, PaypalError,
)  # fmt: skip


def answering(method: str) -> Callable[[Callable[[Json], Any]], Answer]:
    """Make a JSON view of a function from the request's JSON to the answer's."""

    def decorate(run: Callable[[Json], Any]) -> Answer:
        @csrf_exempt
        def view(request: HttpRequest) -> JsonResponse:
            if request.method != method:
                return JsonResponse({"error": f"use {method}"}, status=405)
            try:
                given = json.loads(request.body or b"{}")
                return JsonResponse(run(given) if isinstance(given, dict) else {"error": "send a JSON object"})
            except REFUSALS as error:
                return JsonResponse({"error": str(error)}, status=400)
            except KeyError as error:
                return JsonResponse({"error": f"{error.args[0]} is missing"}, status=400)
            except (SessionClosedError, OrderClosedError):
                return JsonResponse({"error": "this session is not open"}, status=400)
            except json.JSONDecodeError:
                return JsonResponse({"error": "send JSON"}, status=400)

        return view

    return decorate
