"""Logging in by e-mail address."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend


class EmailBackend(ModelBackend):
    """Django's own backend. The e-mail is looked up through its blind index (`UserManager.get_by_natural_key`).

    For an unknown e-mail `ModelBackend.authenticate` hashes the password once all the same: equal work, equal answer.
    """
