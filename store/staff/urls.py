"""Addresses of the second factor, under /admin/second-factor/."""

from django.urls import path

from store.staff import views

app_name = "staff"
urlpatterns = [
    path("", views.factor, name="factor"),
    path("set-up/", views.set_up, name="set-up"),
    path("mine/", views.mine, name="mine"),
    path("codes/", views.new_codes, name="new-codes"),
]
