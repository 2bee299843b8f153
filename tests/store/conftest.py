"""The cast of the store's tests, and the keys they use."""

from __future__ import annotations

import pytest

from store.models import User

# Keys for tests only; they guard nothing.
OLD_KEY = "test1:avvzmf9ZLGqvz8B3ohrln3Cte89hQ_RvWggvcdAL2M8="
NEW_KEY = "test2:8bDLJ1EQJ2oq5iVEqr0jYRNPTZyRIiwPMb9GvgOHdAA="
OTHER_SHOPS_KEY = "test1:d-Xf5SM5Ye9KCPq5Ux0gESMuEN1oNuBtPUwrhgn9rEY="
OTHER_INDEX_KEY = "GkKj3o4sMYHiCCVhlUwxB22mOwYHtrH1gFnwaXl9Tbc="


@pytest.fixture
def buyer(db: None) -> User:
    """A customer with an account."""
    return User.objects.create_user("Ada.Byron@Example.com", "correct horse battery staple", name="Ada Byron")


@pytest.fixture
def stranger(db: None) -> User:
    """Another customer."""
    return User.objects.create_user("grace@example.org", "seven seas of rye and sand", name="Grace Hopper")


@pytest.fixture
def manager(db: None) -> User:
    """A member of staff who may do everything."""
    return User.objects.create_superuser("boss@ringback.example", "harbour7lantern9walnut", name="Max Boss")


def stored(user: User, column: str = "email") -> str:
    """Return what the database holds, past the model."""
    from django.db import connection

    key = user.pk.hex if connection.vendor == "sqlite" else user.pk
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM store_user WHERE id = %s", [key])  # noqa: S608 - a name from a test
        value: str = cursor.fetchone()[0]
    return value


def overwrite(user: User, value: str, column: str = "email") -> None:
    """Change what the database holds, past the model."""
    from django.db import connection

    key = user.pk.hex if connection.vendor == "sqlite" else user.pk
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE store_user SET {column} = %s WHERE id = %s", [value, key])  # noqa: S608 - a name from a test
