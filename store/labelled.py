"""Inputs in the tables of the admin, each with a name of its own for those who can't see the head of its column."""

from __future__ import annotations

from typing import Any


class LabelledRows:
    """Put before a tabular inline: Django's tables give their inputs no label (WCAG 2.2, 4.1.2)."""

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        """With the column's name on each input."""
        plain = super().get_formset(request, obj, **kwargs)  # type: ignore[misc]  # of the inline this is put before

        class LabelledSet(plain):  # type: ignore[misc,valid-type]  # whatever formset the inline has
            def add_fields(self, form: Any, index: int | None) -> None:
                super().add_fields(form, index)
                for name, field in form.fields.items():
                    inner = getattr(field.widget, "widget", field.widget)  # related fields wrap theirs in links
                    inner.attrs.setdefault("aria-label", str(field.label or name.replace("_", " ")))

        return LabelledSet
