"""The store app."""

from __future__ import annotations

import re

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.validators import validate_email
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_save

from store.keycheck import check_new_connection, remember_keys


class StoreConfig(AppConfig):
    """The ground everyone stands on."""

    name = "store"
    label = "store"

    def ready(self) -> None:
        """Check the keys on the first connection; put the card-number guard and the slow log-in on the admin."""
        from django.contrib import admin  # noqa: PLC0415 - models must be loaded first
        from django.contrib.admin.options import BaseModelAdmin  # noqa: PLC0415 - models must be loaded first
        from django_tasks_db.models import DBTaskResult  # noqa: PLC0415 - same

        from store import checks  # noqa: F401, PLC0415 - importing registers them
        from store.audit.deeds import watch_admin  # noqa: PLC0415 - same
        from store.auth import StaffLogInForm  # noqa: PLC0415 - same
        from store.card_guard import GuardedModelForm  # noqa: PLC0415 - same
        from store.erasure import watch_erased_rows  # noqa: PLC0415 - same
        from store.faults import watch_as_told  # noqa: PLC0415 - same
        from store.jobs.recovery import mask_trouble  # noqa: PLC0415 - same
        from store.signals import facts_wanted  # noqa: PLC0415 - same
        from store.staff.session import begin  # noqa: PLC0415 - same
        from store.watch.ground import tell_of_ground  # noqa: PLC0415 - same
        from store.watch.reports import report_errors  # noqa: PLC0415 - same

        if settings.SENTRY_DSN:
            report_errors(settings.SENTRY_DSN, version=settings.CODE_VERSION)

        user_logged_in.connect(begin, dispatch_uid="store.staff.session.begin")
        connection_created.connect(check_new_connection, dispatch_uid="store.check_new_connection")
        post_migrate.connect(remember_keys, sender=self, dispatch_uid="store.remember_keys")
        facts_wanted.connect(tell_of_ground, dispatch_uid="store.tell_of_ground")
        pre_save.connect(mask_trouble, sender=DBTaskResult, dispatch_uid="store.mask_trouble")
        watch_erased_rows()
        watch_admin()
        watch_as_told()
        BaseModelAdmin.form = GuardedModelForm  # type: ignore[misc]  # generic only in the stubs
        admin.site.login_form = StaffLogInForm
        # Nobody has the shop's own mail server write to a machine beside it: root@localhost, root@[10.0.0.1].
        validate_email.domain_allowlist, validate_email.literal_regex = [], re.compile(r"(?!)")
