"""Addresses of cart, checkout, orders and webhooks."""

from django.urls import URLPattern

app_name = "checkout"
urlpatterns: list[URLPattern] = []
