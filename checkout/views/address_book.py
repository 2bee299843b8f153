"""The account's addresses: a list, and a form for one of them."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from checkout.address_forms import KeptAddressForm
from checkout.addressing import country_name
from checkout.models import KeptAddress
from checkout.services.address_book import (
    MOST,
    UnableToKeepAddress,
    delete_address,
    form_values,
    keep_address,
    kept_addresses,
)
from store.accounts.access import for_customers
from store.models import User


@require_safe
@for_customers
def addresses(request: HttpRequest, user: User) -> HttpResponse:
    """List them."""
    rows = [{"address": address, "country": country_name(address.country)} for address in kept_addresses(user)]
    return render(request, "account/addresses.html", {"rows": rows, "is_full": len(rows) >= MOST, "most": MOST})


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
@sensitive_post_parameters()
def edit(request: HttpRequest, user: User) -> HttpResponse:
    """Add an address, or change the one that is named."""
    address_id = _read_id(request.POST.get("address") or request.GET.get("address", ""))
    row = KeptAddress.objects.filter(customer=user, pk=address_id).first() if address_id else None
    if address_id and row is None:
        messages.error(request, _("This address is not in your account any more. Nothing was changed."))
        return redirect("checkout:addresses")
    step = request.POST.get("step", "")
    if request.method != "POST":
        kept = {"label": row.label, "is_bill_to": row.is_bill_to, "is_ship_to": row.is_ship_to} if row else {}
        values = form_values(row, prefix="home") if row else {"home_name": user.name or ""}
        return _show(request, KeptAddressForm(initial={**values, **kept}), row)
    if step == "country":  # another form for another country; nothing is checked yet
        typed = {name: value for name, value in request.POST.items() if name in KeptAddressForm.base_fields}
        return _show(request, KeptAddressForm(initial=typed), row)
    form = KeptAddressForm(request.POST)
    if not form.is_valid():
        return _show(request, form, row, status=422)
    try:
        keep_address(
            customer=user,
            address=form.address(),
            label=form.cleaned_data["label"],
            is_bill_to=form.cleaned_data["is_bill_to"],
            is_ship_to=form.cleaned_data["is_ship_to"],
            address_id=row.pk if row else None,
            now=timezone.now(),
        )
    except UnableToKeepAddress as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The address is kept in your account."))
    return redirect("checkout:addresses")


@require_POST
@for_customers
def delete(request: HttpRequest, user: User) -> HttpResponse:
    """Take one out."""
    address_id = _read_id(request.POST.get("address", ""))
    if address_id and delete_address(customer=user, address_id=address_id):
        messages.success(request, _("The address is deleted. Orders that were placed with it keep theirs."))
    return redirect("checkout:addresses")


def _show(request: HttpRequest, form: KeptAddressForm, row: KeptAddress | None, *, status: int = 200) -> HttpResponse:
    return render(request, "account/address.html", {"form": form, "row": row}, status=status)


def _read_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
