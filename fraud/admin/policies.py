"""The versions of the policy."""

from __future__ import annotations

from django.contrib import admin

from fraud.models import Policy
from store.read_only import ReadOnly


@admin.register(Policy)
class PolicyAdmin(ReadOnly, admin.ModelAdmin[Policy]):
    """The versions of the policy."""

    list_display = ("version", "threshold", "note", "created_by", "created_at")
    list_select_related = ("created_by",)
    ordering = ("-version",)
    actions = None
