"""Which app answers which address. The addresses are a promise: see the README."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django_tasks_db.models import DBTaskResult

from catalog import robots
from checkout.views import orders
from store import pages
from store.watch.views import status

admin.site.site_header = admin.site.site_title = settings.SHOP_NAME
admin.site.index_title = "At work"
admin.site.unregister(DBTaskResult)  # its rows are shown as Jobs, which can be tried again

handler500 = "store.pages.server_error"

urlpatterns = [
    path("admin/second-factor/", include("store.staff.urls")),
    path("admin/welcome/", include("store.staff.welcome_urls")),
    path("admin/status/", admin.site.admin_view(status), name="status"),
    path("admin/", admin.site.urls),
    path("favicon.ico", pages.favicon),  # browsers ask for it on pages of the admin
    path("media/<path:path>", pages.media, name="media"),
    # Machines ask for these, and machines speak no German.
    path("webhooks/<slug:gateway>/", orders.webhook, name="webhook"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap, name="sitemap"),
    # What shoppers see: /cart/ in English, /de/cart/ in German (store/language.py).
    *i18n_patterns(
        path("account/", include("store.accounts.urls")),
        path("", include("checkout.urls")),
        path("", include("catalog.urls")),
        prefix_default_language=False,
    ),
]
