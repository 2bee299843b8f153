"""What stands in the place of personal data for those who have neither claimed the case nor asked to see it."""

from __future__ import annotations

HIDDEN = "•••"


def hide(text: str) -> str:
    """Show that there is something, and nothing of it."""
    return HIDDEN if text else ""
