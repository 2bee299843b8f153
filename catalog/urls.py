"""The shop window's addresses."""

from django.urls import path

from catalog import feeds, suggesting, views, wait_views, wish_views

app_name = "catalog"

urlpatterns = [
    path("", views.home, name="home"),
    path("catalog/", views.catalog, name="catalog"),
    path("catalog/<path:category_path>/", views.category, name="category"),
    path("products/<slug:slug>/", views.product, name="product"),
    path("new.rss", feeds.new_products, name="feed"),
    path("back-in-stock/", wait_views.ask, name="stock-wait-ask"),
    path("back-in-stock/<uuid:pk>/<str:proof>/", wait_views.wait, name="stock-wait"),
    path("wish-list/", wish_views.wish_list, name="wish-list"),
    path("wish-list/change/", wish_views.change, name="wish-change"),
    path("wish-list/shared/<str:token>/", wish_views.shared, name="wish-list-shared"),
    path("seen/remember/", wish_views.remember, name="remember-seen"),
    path("seen/forget/", wish_views.forget, name="forget-seen"),
    path("suggest/", suggesting.suggestions, name="suggest"),
]
