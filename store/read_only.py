"""Admin pages that are looked at, never edited: ledgers, logs, and what only services may change."""

from __future__ import annotations


class ReadOnly:
    """Put before ModelAdmin or an inline: nobody adds, changes or deletes a record of what was."""

    def has_add_permission(self, *_args: object) -> bool:
        """Never."""
        return False

    def has_change_permission(self, *_args: object) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, *_args: object) -> bool:
        """Never."""
        return False


class ReadOnlyRows(ReadOnly):
    """Put before a tabular inline: a plain table of what there is, without a row for what could be."""

    template = "admin/store/rows.html"
