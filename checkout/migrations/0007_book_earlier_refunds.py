"""Until now a payment had one figure for all that went back. Write it down as a refund; its id comes with the next look."""

import uuid

from django.db import migrations


def write_refunds(apps, schema_editor):
    payments = apps.get_model("checkout", "Payment").objects.filter(refunded_amount__gt=0)
    refunds = apps.get_model("checkout", "Refund").objects
    for payment in payments.iterator():
        pk = uuid.uuid4()
        refunds.create(
            id=pk,
            payment=payment,
            status="done",
            status_at=payment.status_at,
            requested_at=payment.status_at,
            done_at=payment.status_at,
            origin="outside",
            key=f"earlier:{pk}",
            amount=payment.refunded_amount,
            other=payment.refunded_amount,
        )


class Migration(migrations.Migration):
    dependencies = [("checkout", "0006_refunds")]

    operations = [migrations.RunPython(write_refunds, migrations.RunPython.noop)]
