"""Asking for a return, and telling what one thinks of the goods: from the order's page, by its token."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from checkout.models import OrderLine, Return, Review
from checkout.return_forms import ReturnForm, ReviewForm
from checkout.services.returns import UnableToReturn, find_returnable, request_return
from checkout.services.reviews import UnableToReview, write_review
from checkout.views.finding import find_order
from store.sent import sent


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Let the shopper say what comes back and why."""
    order = find_order(token)
    now = timezone.now()
    choice = find_returnable(order, now=now)
    form = ReturnForm(sent(request), lines=choice.lines, initial={"attempt": uuid.uuid4()})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                request_return(
                    order_id=order.pk,
                    lines=form.chosen(),
                    note=form.cleaned_data["note"],
                    attempt=form.attempt_id,
                    now=now,
                )
            except UnableToReturn as error:
                status = 409
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Thank you. We have your return and answer it by mail within two working days."))
                return redirect("checkout:order", token=token)
        elif (attempt := form.cleaned_data.get("attempt")) and Return.objects.filter(order=order, attempt=attempt).exists():
            return redirect("checkout:order", token=token)  # the same page sent twice
    if choice.why_not:
        return render(request, "checkout/return_closed.html", {"order": order, "choice": choice}, status=status)
    return render(request, "checkout/return.html", {"order": order, "choice": choice, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def review(request: HttpRequest, token: str, line_id: int) -> HttpResponse:
    """Let the buyer of a line say what they think of it, once; later show what became of it."""
    order = find_order(token)
    line = OrderLine.objects.select_related("variant__product").filter(pk=line_id, order=order).first()
    if line is None:
        raise Http404
    if not order.is_shipped:
        messages.error(request, _("You can tell what you think of it once we have sent it. Nothing was kept."))
        return redirect("checkout:order", token=token)
    written = Review.objects.filter(order=order, product_id=line.variant.product_id).first()
    form = ReviewForm(sent(request))
    status = 200
    if request.method == "POST" and written is None:
        status = 422
        if form.is_valid():
            try:
                write_review(order_id=order.pk, line_id=line.pk, now=timezone.now(), **form.cleaned_data)
            except UnableToReview as error:
                status = 409
                form.add_error(None, str(error))
            else:
                return redirect(request.path)
    context = {"order": order, "line": line, "product": line.variant.product, "form": form, "written": written}
    return render(request, "checkout/opinion.html", context, status=status)
