"""Everyday stories, step by step. The kill -9 run tells each again and again and dies at another point each time."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tests.torture.steps import DAY, HOUR, MINUTE, History, Step, step

_ORDER = step("order", cart=0, thing=0, quantity=2, elsewhere=False)
_SUSPICIOUS = step("order", cart=0, thing=1, quantity=2, elsewhere=True)
_BY_PAYPAL = step("order", cart=0, thing=0, quantity=2, elsewhere=False, by="paypal")
_PAY = step("pay", payment=0, card="good")
_HEAR = step("hear", event=0, count=20)
_BACK = step("come_back", order=0)
_WORK = step("work", task=0, count=20)
_SWEEP = step("sweep")
# The fault point at which the gateway has authorised anew and nobody has written it down.
_AFTER_REAUTHORISE = 5
_ON_HOLD = (_ORDER, _PAY, _BACK)
_RELEASED = (*_ON_HOLD, _WORK)
_RUNG = (_SUSPICIOUS, _PAY, _HEAR, _WORK)


def _by_hand(what: str, part: float = 1.0) -> History:
    return (step("by_hand", payment=0, what=what, part=part), _HEAR, _WORK)


def _refund(what: str, *, is_restocked: bool = True) -> Step:
    return step("refund", order=0, what=what, is_restocked=is_restocked)


def _trouble(what: str) -> Step:
    return step("dispute", payment=0, what=what)


SCENARIOS: Final[dict[str, History]] = {
    "buy": (*_RELEASED, step("ship", order=0), _WORK),
    "hear of it by webhook": (_ORDER, _PAY, _HEAR, _WORK),
    "hear of it by the sweep": (_ORDER, _PAY, _SWEEP, _WORK),
    "be rung, and the order released": (*_RUNG, step("call", says="confirms"), _WORK),
    "be rung, and the order cancelled": (*_RUNG, step("call", says="denies"), _WORK),
    "nobody answers": (*_RUNG, step("call", says="nothing"), step("wait", seconds=7 * DAY + HOUR), _SWEEP, _WORK),
    "cancel before paying": (_ORDER, step("cancel", order=0), _WORK),
    "cancel on hold": (*_ON_HOLD, step("cancel", order=0), _WORK),
    "cancel after release": (*_RELEASED, step("cancel", order=0), _WORK),
    "release by hand": (*_ON_HOLD, step("release", order=0), _WORK),
    "never pay": (_ORDER, step("wait", seconds=36 * MINUTE), _SWEEP),
    "start again": (_ORDER, step("order", cart=0, thing=2, quantity=1, elsewhere=False)),
    "give up while paying": (_ORDER, _PAY, step("give_up", order=0), _WORK),
    "the page does not open": (
        step("spoil", call="create_session", mode="fail", status=429, times=1),
        _ORDER,
        step("go_to_pay", order=0),
        _PAY,
        _BACK,
        _WORK,
    ),
    "the page opens and nobody hears of it": (
        step("spoil", call="create_session", mode="timeout_after", status=500, times=2),
        _ORDER,
        step("give_up", order=0),
        _SWEEP,
    ),
    "the key of the page is spent": (
        step("spoil", call="create_session", mode="fail_after", status=500, times=1),
        _ORDER,
        step("go_to_pay", order=0),
    ),
    "pay when it is thought too late": (_ORDER, step("thought_closed", order=0), _PAY, step("settle", payment=0), _WORK),
    "pay when it is too late": (
        _ORDER,
        step("thought_closed", order=0),
        step("give_up", order=0),
        _PAY,
        step("settle", payment=0),
        _WORK,
    ),
    "pay too late and the goods are gone": (
        step("order", cart=0, thing=2, quantity=1, elsewhere=False),
        step("thought_closed", order=0),
        step("give_up", order=0),
        _PAY,
        step("order", cart=1, thing=2, quantity=1, elsewhere=False),
        step("settle", payment=0),
        _WORK,
    ),
    "pay twice": (
        _ORDER,
        step("thought_closed", order=0),
        step("go_to_pay", order=0),
        _PAY,
        step("pay", payment=1, card="good"),
        step("settle", payment=1),
        step("settle", payment=0),
        _WORK,
    ),
    "capture and hear nothing": (
        *_ON_HOLD,
        step("spoil", call="capture", mode="timeout_after", status=500, times=2),
        _WORK,
        step("wait", seconds=MINUTE),
        _SWEEP,
        _WORK,
    ),
    "capture and the key is spent": (
        *_ON_HOLD,
        step("spoil", call="capture", mode="fail_after", status=500, times=1),
        step("release", order=0),
        step("wait", seconds=MINUTE),
        _SWEEP,
    ),
    "void and hear nothing": (
        *_ON_HOLD,
        step("spoil", call="cancel", mode="timeout_after", status=500, times=2),
        step("cancel", order=0),
        step("wait", seconds=MINUTE),
        _SWEEP,
    ),
    "void and the key is spent": (
        *_ON_HOLD,
        step("spoil", call="cancel", mode="fail_after", status=500, times=1),
        step("cancel", order=0),
        step("wait", seconds=MINUTE),
        _SWEEP,
    ),
    "refund and hear nothing": (
        *_RELEASED,
        step("spoil", call="refund", mode="timeout_after", status=500, times=2),
        step("cancel", order=0),
        step("wait", seconds=MINUTE),
        _SWEEP,
    ),
    "refund and the key is spent": (
        *_RELEASED,
        step("spoil", call="refund", mode="fail_after", status=500, times=1),
        step("cancel", order=0),
        step("wait", seconds=MINUTE),
        _SWEEP,
    ),
    "refund a unit before shipping": (*_RELEASED, _refund("unit"), step("ship", order=0), _WORK),
    "refund a lost unit before shipping": (*_RELEASED, _refund("unit", is_restocked=False), step("ship", order=0), _WORK),
    "refund a unit sent back": (*_RELEASED, step("ship", order=0), _refund("unit"), _WORK),
    "refund everything": (*_RELEASED, _refund("all"), _WORK),
    "refund an amount, then cancel": (*_RELEASED, _refund("amount"), _refund("delivery"), step("cancel", order=0), _WORK),
    "refund by staff and hear nothing": (
        *_RELEASED,
        step("spoil", call="refund", mode="timeout_after", status=500, times=2),
        _refund("unit"),
        step("wait", seconds=MINUTE),
        _SWEEP,
    ),
    "refund by staff and the key is spent": (
        *_RELEASED,
        step("spoil", call="refund", mode="fail_after", status=500, times=1),
        _refund("unit"),
        step("wait", seconds=MINUTE),
        _SWEEP,
    ),
    "capture by hand": (*_ON_HOLD, *_by_hand("capture"), step("release", order=0), _WORK),
    "capture a part by hand": (*_ON_HOLD, *_by_hand("capture", 0.5), step("cancel", order=0), _WORK),
    "void by hand": (*_ON_HOLD, *_by_hand("void")),
    "refund by hand": (*_RELEASED, *_by_hand("refund")),
    "refund a part by hand": (*_RELEASED, *_by_hand("refund", 0.5), step("cancel", order=0), _WORK),
    "captured while it is voided": (
        *_ON_HOLD,
        step("spoil", call="cancel", mode="timeout_before", status=500, times=2),
        step("cancel", order=0),
        step("by_hand", payment=0, what="capture", part=1.0),
        step("wait", seconds=MINUTE),
        _SWEEP,
        _WORK,
    ),
    "authorised and voided unheard": (
        _ORDER,
        _PAY,
        step("by_hand", payment=0, what="void", part=1.0),
        _SWEEP,
        step("wait", seconds=36 * MINUTE),
        _SWEEP,
    ),
    "a refund that fails": (
        _ORDER,
        step("pay", payment=0, card="refund_fails"),
        _BACK,
        _WORK,
        step("cancel", order=0),
        step("wait", seconds=5 * MINUTE),
        _HEAR,
        _WORK,
    ),
    "the mail server is down": (
        step("mail_trouble", times=1),
        *_RELEASED,
        step("wait", seconds=5 * MINUTE),
        _SWEEP,
    ),
    "paid on a page nobody was shown": (
        step("spoil", call="create_session", mode="garbage", status=500, times=1),
        _ORDER,
        step("pay_unseen"),
        step("reconcile"),
        step("mend"),
        step("wait", seconds=MINUTE),
        _SWEEP,
    ),
    "given up while the page opens": (
        step("spoil", call="create_session", mode="fail", status=429, times=1),
        _ORDER,
        replace(step("go_to_pay", order=0), meanwhile=(1, step("give_up", order=0))),
    ),
    "buy by PayPal": (_BY_PAYPAL, _PAY, _BACK, _WORK, step("ship", order=0), _WORK),
    "hear of PayPal by webhook": (_BY_PAYPAL, _PAY, _HEAR, _WORK),
    "PayPal by the sweep": (_BY_PAYPAL, _PAY, _SWEEP, _WORK),
    "PayPal declines": (_BY_PAYPAL, step("pay", payment=0, card="declined"), _BACK, step("go_to_pay", order=0), _SWEEP),
    "approve when it is too late": (_BY_PAYPAL, step("give_up", order=0), _PAY, step("settle", payment=0), _WORK),
    "PayPal authorises and nobody hears of it": (
        step("spoil", call="paypal.authorize_order", mode="timeout_after", status=500, times=2),
        _BY_PAYPAL,
        _PAY,
        step("settle", payment=0),
        _SWEEP,
        _WORK,
    ),
    "cancel at PayPal": (_BY_PAYPAL, _PAY, _BACK, step("cancel", order=0), _WORK),
    "refund at PayPal": (_BY_PAYPAL, _PAY, _BACK, _WORK, _refund("unit"), step("cancel", order=0), _WORK),
    "authorise anew": (
        replace(_BY_PAYPAL, given=_BY_PAYPAL.given | {"elsewhere": True}),
        _PAY,
        _BACK,
        _WORK,
        step("wait", seconds=4 * DAY),
        step("reauthorise", payment=0),
        step("call", says="confirms"),
        _WORK,
    ),
    "a renewal whose answer is lost": (
        replace(_BY_PAYPAL, given=_BY_PAYPAL.given | {"elsewhere": True}),
        _PAY,
        _BACK,
        _WORK,
        step("wait", seconds=4 * DAY),
        replace(step("reauthorise", payment=0), kill=_AFTER_REAUTHORISE),
        step("settle", payment=0),
        step("call", says="confirms"),
        _WORK,
    ),
    "a dispute, lost": (*_RELEASED, _trouble("open"), _HEAR, _WORK, _trouble("lost"), _HEAR, _WORK),
    "a dispute that no webhook tells of": (
        *_RELEASED,
        _trouble("open"),
        step("look_for_trouble"),
        step("lift_freeze", order=0),
        step("ship", order=0),
        _trouble("won"),
        step("wait", seconds=DAY),
        step("look_for_trouble"),
        _WORK,
    ),
    "an early warning": (*_RELEASED, _trouble("warning"), _HEAR, _WORK, step("cancel", order=0), _WORK),
    "a review": (*_ON_HOLD, _trouble("review"), _HEAR, _WORK, step("look_for_trouble"), _WORK),
    "the night": (*_RELEASED, step("by_hand", payment=0, what="refund", part=0.5), step("reconcile"), step("reconcile")),
}
