"""Addresses of one-time links for staff, under /admin/welcome/."""

from django.urls import path

from store.staff import welcome

urlpatterns = [
    path("", welcome.choose_password, name="welcome"),
    path("<str:token>/", welcome.invitation, name="invitation"),
]
