"""Things to be done once: mails to send, gateway events to follow up, matters a person must look at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from checkout.models.orders import Order
from checkout.models.payments import Payment


class Retried(models.Model):
    """A row that stands for something to be done, again and again until it is (`checkout.services.jobs`).

    The database fills in what a process from before these columns leaves out, as both run during an upgrade.
    """

    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField(db_default=Now())
    error = models.CharField(
        max_length=80, blank=True, default="", db_default="", help_text="The class of the last error; never its text."
    )

    class Meta:
        abstract = True


class Mail(Retried):
    """One mail about one order. Nothing personal is stored: address and text are made when it is sent."""

    class Kind(models.TextChoices):
        """The mails the shop sends."""

        RECEIVED = "received", "Order received"
        CONFIRMING = "confirming", "We are confirming your order"
        MISSED = "missed", "We rang and did not reach you"
        CONFIRM = "confirm", "Is this order yours?"
        RELEASED = "released", "Order confirmed"
        CANCELLED = "cancelled", "Order cancelled"
        SHIPPED = "shipped", "Order shipped"
        PART_SHIPPED = "part_shipped", "A part shipped"
        PROVE = "prove", "Link to go on and pay"
        WAITING = "waiting", "It waits for its payment"
        LINK = "link", "Link to the order, asked for"
        TOO_LATE = "too_late", "Paid too late, given back"
        REFUNDED = "refunded", "Refunded"
        REFUND_FAILED = "refund_failed", "The refund came back"
        RETURN_REQUESTED = "return_requested", "Return asked for"
        RETURN_APPROVED = "return_approved", "Return approved"
        RETURN_REFUSED = "return_refused", "Return refused"
        WITHDRAWN = "withdrawn", "Receipt of a withdrawal"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="mails")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    cause = models.CharField(
        max_length=36,
        blank=True,
        default="",
        db_default="",
        help_text="The refund or return it is about; most kinds come once an order.",
    )
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "kind", "cause"], name="mail_once_per_cause")]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(sent_at=None), name="mail_waiting")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.order_id})"


class GatewayEventRecord(Retried):
    """One webhook event. It is a hint: the object it names is fetched again before anything is believed."""

    class Status(models.TextChoices):
        """What became of the event."""

        NEW = "new", "To be followed up"
        DONE = "done", "Followed up"
        IGNORED = "ignored", "Of no interest"
        UNMATCHED = "unmatched", "No such payment here"
        WRONG_MODE = "wrong_mode", "Of the other mode, set aside"

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    session_id = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    is_trouble = models.BooleanField(default=False, db_default=False, help_text="About a dispute, a warning or a review.")
    received_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NEW)

    class Meta:
        verbose_name = "gateway event"
        constraints = [models.UniqueConstraint(fields=["gateway", "event_id"], name="gateway_event_once")]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(status="new"), name="gateway_event_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class AlertQuerySet(models.QuerySet["Alert"]):
    """Matters to look at, by what is asked of them."""

    def open(self) -> AlertQuerySet:
        """Those that nobody has closed."""
        return self.filter(resolved_at=None)


class Alert(models.Model):
    """Something a person must look at. The message is the shop's own words and names no customer."""

    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="alerts")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="alerts")
    cause = models.CharField(max_length=120, unique=True)  # the same trouble is told once
    message = models.TextField()
    raised_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    # By mail to the staff, if the shop has an address for that.
    mailed_at = models.DateTimeField(null=True, editable=False)
    mail_claimed_at = models.DateTimeField(null=True, editable=False)

    objects = AlertQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["raised_at"], condition=Q(resolved_at=None), name="alert_open")]

    def __str__(self) -> str:
        return self.message[:80]
