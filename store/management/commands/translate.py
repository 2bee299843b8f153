"""`manage.py translate`: bring locale/ up to date with the sources, and compile it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from store.translations import as_mo, as_po, po_path, renew, translated


class Command(BaseCommand):
    """Collect the texts of templates and Python, keep what is translated, list what isn't, and compile."""

    help = "Bring the translations up to date with the sources, and compile them. For developers: docs/dev-languages.md."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write every .po and .mo."""
        for name in settings.LOCALE_SETS:
            for language, _ in settings.LANGUAGES[1:]:
                texts, path = renew(name, language), po_path(name, language)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(as_po(texts))
                path.with_suffix(".mo").write_bytes(as_mo(texts))
                missing = [message for message in texts if message.id and not all(translated(message))]
                self.stdout.write(f"{path.relative_to(settings.BASE_DIR)}: {len(texts)} texts, {len(missing)} to translate")
                for message in missing:
                    self.stdout.write(f"  {message.id!r}")
