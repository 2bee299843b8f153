"""What the figures are counted from, as the admin lists it: no table of its own."""

from __future__ import annotations

from fraud.models.calls import CallTask


class Figures(CallTask):
    """The page of figures, and the right to see it."""

    class Meta:
        proxy = True
        default_permissions = ()
        permissions = [
            ("view_figures", "Can see the figures of the call desk"),
            ("export_decisions", "Can take the decisions of reviewers away as a file"),
        ]
        verbose_name = "figures"
        verbose_name_plural = "figures"
