"""Addresses of an account, below /account/. The account's page itself lists orders: `checkout.urls` has it."""

from django.urls import path

from store.accounts import views

app_name = "account"
urlpatterns = [
    path("log-in/", views.log_in, name="log-in"),
    path("log-out/", views.log_out, name="log-out"),
    path("sign-up/", views.sign_up, name="sign-up"),
    path("sign-up/sent/", views.sign_up_sent, name="sign-up-sent"),
    path("sign-up/confirm/", views.sign_up_confirm, name="sign-up-confirm"),
    path("sign-up/<str:name>/<str:signature>/", views.sign_up_link, name="sign-up-link"),
    path("password/", views.change_password, name="password"),
    path("reset/", views.reset, name="reset"),
    path("reset/sent/", views.reset_sent, name="reset-sent"),
    path("reset/new/", views.reset_new, name="reset-new"),
    path("reset/<str:name>/<str:token>/", views.reset_link, name="reset-link"),
]
