"""Reviews in the admin: read, then published, rejected or answered."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from checkout.admin.access import allowed
from checkout.models import Review, ReviewEvent
from checkout.return_forms import ReplyForm, WhyForm
from checkout.services.reviews import UnableToReview, publish_review, reject_review, reply_to_review
from store.read_only import ReadOnly, ReadOnlyRows

RIGHT = "checkout.moderate_review"
BUTTONS = ("publish", "reject", "reply")


class ReviewEventInline(ReadOnlyRows, admin.TabularInline[ReviewEvent, Review]):
    model = ReviewEvent
    fields = ("at", "was", "now", "by", "why")
    ordering = ("at",)


@admin.register(Review)
class ReviewAdmin(ReadOnly, admin.ModelAdmin[Review]):
    """The reviews. A list page opens no encrypted column."""

    list_display = ("written_at", "status", "stars", "product")
    list_filter = ("status", "stars")
    list_select_related = ("product",)
    search_fields = ("product__name", "order__number")
    search_help_text = "A product, or an order number."
    ordering = ("-written_at",)
    show_full_result_count = False
    inlines = (ReviewEventInline,)
    change_form_template = "admin/checkout/review.html"
    fieldsets = (
        (None, {"fields": ("product_link", "order_link", "status", "written_at")}),
        ("What it says", {"fields": ("stars", "title", "text", "name")}),
        ("What we said", {"fields": ("reply", "rejection")}),
    )
    readonly_fields = ("product_link", "order_link")

    def get_urls(self) -> list[URLPattern]:
        """One address for each step."""
        own = [
            path(
                f"<uuid:pk>/{name}/",
                self.admin_site.admin_view(require_POST(getattr(self, name))),
                name=f"checkout_review_{name}",
            )
            for name in BUTTONS
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        """With what the page names."""
        return super().get_queryset(request).select_related("product", "order")

    @admin.display(description="Product")
    def product_link(self, review: Review) -> str:
        return format_html('<a href="{}#reviews">{}</a>', review.product.get_absolute_url(), review.product.name)

    @admin.display(description="Order")
    def order_link(self, review: Review) -> str:
        url = reverse("admin:checkout_order_change", args=[review.order_id])
        return format_html('<a href="{}">{}</a>', url, review.order.number)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        """Offer what can be done with it as it stands."""
        review: Review | None = kwargs.get("obj")
        if review is not None and request.user.has_perm(RIGHT):
            context["can_publish"] = not review.is_published
            context["reject_form"] = None if review.is_rejected else WhyForm()
            context["reply_form"] = ReplyForm(initial={"reply": review.reply})
        return super().render_change_form(request, context, *args, **kwargs)

    def publish(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Show it to everybody."""
        user = allowed(request, RIGHT)
        get_object_or_404(Review, pk=pk)
        try:
            publish_review(review_id=pk, by=user, now=timezone.now())
            messages.success(request, "Published. It stands on the product's page.")
        except UnableToReview as error:
            messages.error(request, str(error))
        return redirect("admin:checkout_review_change", pk)

    def reject(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Keep it from the page, or take it off."""
        user = allowed(request, RIGHT)
        get_object_or_404(Review, pk=pk)
        form = WhyForm(request.POST)
        try:
            if form.is_valid():
                reject_review(review_id=pk, reason=form.cleaned_data["why"], by=user, now=timezone.now())
                messages.success(request, "Rejected. It is not on the product's page; the writer can read why.")
            else:
                messages.error(request, f"It was not rejected. {form.errors['why'][0]}")
        except UnableToReview as error:
            messages.error(request, str(error))
        return redirect("admin:checkout_review_change", pk)

    def reply(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Answer it in the shop's name."""
        user = allowed(request, RIGHT)
        get_object_or_404(Review, pk=pk)
        form = ReplyForm(request.POST)
        if form.is_valid():
            reply_to_review(review_id=pk, reply=form.cleaned_data["reply"], by=user, now=timezone.now())
            messages.success(request, "The answer is kept.")
        else:
            messages.error(request, f"The answer was not kept. {form.errors['reply'][0]}")
        return redirect("admin:checkout_review_change", pk)
