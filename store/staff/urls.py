"""Addresses of the second factor, under /admin/second-factor/."""

from django.urls import path

from store.staff import passkey_views, views

app_name = "staff"
urlpatterns = [
    path("", views.factor, name="factor"),
    path("set-up/", views.set_up, name="set-up"),
    path("mine/", views.mine, name="mine"),
    path("passkeys/add/", passkey_views.add, name="add-passkey"),
    path("passkeys/<uuid:pk>/remove/", passkey_views.remove, name="remove-passkey"),
    path("codes/", views.new_codes, name="new-codes"),
]
