"""The whole wiring of fraud, at a glance."""

from django.apps import AppConfig


class FraudConfig(AppConfig):
    """Rules, policy, the call queue."""

    name = "fraud"

    def ready(self) -> None:
        """Listen to checkout, which knows nothing of fraud."""
        from checkout.signals import (  # noqa: PLC0415 - models exist only now
            card_declined,
            fact_written,
            fraud_warned,
            order_answered,
            order_cancelled,
            order_page_shown,
            order_released,
            payment_authorized,
            payment_disputed,
            payments_swept,
            review_opened,
            ship_to_changed,
        )
        from fraud import receivers  # noqa: PLC0415
        from fraud.watching import tell_of_calls  # noqa: PLC0415
        from store.signals import facts_wanted, staff_left  # noqa: PLC0415

        payment_authorized.connect(receivers.enqueue_assessment, dispatch_uid="fraud.enqueue_assessment")
        order_released.connect(receivers.end_call, dispatch_uid="fraud.end_call")
        order_cancelled.connect(receivers.end_call, dispatch_uid="fraud.end_call")
        order_answered.connect(receivers.heed_answer, dispatch_uid="fraud.heed_answer")
        order_released.connect(receivers.check_release, dispatch_uid="fraud.check_release")
        order_cancelled.connect(receivers.look_around, dispatch_uid="fraud.look_around")
        for signal in (payment_disputed, fraud_warned, review_opened, card_declined, ship_to_changed):
            signal.connect(receivers.look_again, dispatch_uid="fraud.look_again")
        facts_wanted.connect(tell_of_calls, dispatch_uid="fraud.tell_of_calls")
        staff_left.connect(receivers.let_go_of_calls, dispatch_uid="fraud.let_go_of_calls")
        payments_swept.connect(receivers.pick_up, dispatch_uid="fraud.pick_up")
        order_page_shown.connect(receivers.evidence_link, dispatch_uid="fraud.evidence_link")
        fact_written.connect(receivers.tell_others, dispatch_uid="fraud.tell_others")
