"""The shop window's addresses."""

from django.urls import path

from catalog import feeds, robots, suggesting, views

app_name = "catalog"

urlpatterns = [
    path("", views.home, name="home"),
    path("catalog/", views.catalog, name="catalog"),
    path("catalog/<path:category_path>/", views.category, name="category"),
    path("products/<slug:slug>/", views.product, name="product"),
    path("new.rss", feeds.new_products, name="feed"),
    path("suggest/", suggesting.suggestions, name="suggest"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap, name="sitemap"),
]
