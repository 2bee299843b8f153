"""Addresses that only the store's tests need: the pages a reset link leads to."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("", include("django.contrib.auth.urls"))]
