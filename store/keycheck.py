"""Refuses to start with the wrong keys.

The database remembers a fingerprint of every key that wrote into it. A process compares them on its first connection, before
any query of its own: with a missing or wrong key nothing is read, written or made anew, and the error says what is expected.
"""

# ruff: noqa: ARG001 - _meta is Django's public secret, and its receivers take what they are sent
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from store.keyring import fingerprint, get_keyring, index_keys, read_key

INDEX: Final = "index"
# While the index key is being changed (`store.reindexing`) there is another: "index:<fingerprint>".
OTHER_INDEX: Final = f"{INDEX}:"
FIELD_PREFIX: Final = "field:"
# In a database's settings, False: whoever opened this connection compares the keys.
CHECK_KEYS: Final = "CHECK_KEYS"
_TABLE: Final = "store_keycheck"
# Databases found in order by this process.
_checked: set[str] = set()


class WrongKeys(ImproperlyConfigured, CommandError):
    """The keys in the settings aren't those the database was written with."""


def given_fingerprints() -> dict[str, str]:
    """Return name -> fingerprint of the keys in the settings. Raises `ImproperlyConfigured` on a bad key."""
    given = {f"{FIELD_PREFIX}{kid}": value for kid, value in get_keyring().fingerprints().items()}
    first, *others = [fingerprint(read_key(key, name="INDEX_KEY")) for key in index_keys()]
    given[INDEX] = first
    given |= {f"{OTHER_INDEX}{other}": other for other in others}
    return given


def index_prints(fingerprints: Mapping[str, str]) -> list[str]:
    """Return the fingerprints of the index keys among all; the first one writes."""
    return [value for name, value in fingerprints.items() if name == INDEX or name.startswith(OTHER_INDEX)]


def compare(expected: dict[str, str], given: dict[str, str]) -> list[str]:
    """Say what is wrong, a sentence for each key; nothing if all expected keys are given. More keys are welcome."""
    indexes = index_prints(given)
    problems = [
        f"INDEX_KEY: fingerprint {print_expected} expected, {', '.join(indexes)} given."
        for print_expected in sorted({*index_prints(expected)} - {*indexes})
    ]
    for name, print_expected in sorted(expected.items()):
        print_given = given.get(name)
        if print_given == print_expected or name == INDEX or name.startswith(OTHER_INDEX):
            continue
        if print_given is None:
            fields = [(key, value) for key, value in given.items() if key.startswith(FIELD_PREFIX)]
            others = ", ".join(f"{key.removeprefix(FIELD_PREFIX)} {value}" for key, value in fields)
            problems.append(
                f"FIELD_KEYS: key {name.removeprefix(FIELD_PREFIX)!r} with fingerprint {print_expected} expected, "
                f"not given (given: {others})."
            )
        else:
            problems.append(
                f"FIELD_KEYS: key {name.removeprefix(FIELD_PREFIX)!r}: fingerprint {print_expected} expected, "
                f"{print_given} given."
            )
    return problems


def refuse_wrong_keys(connection: BaseDatabaseWrapper) -> None:
    """Raise `WrongKeys` unless the settings hold every key the database was written with."""
    given = given_fingerprints()
    with connection.cursor() as cursor:
        if _TABLE not in connection.introspection.table_names(cursor):
            return  # not migrated yet: there is nothing to compare
        cursor.execute(f"SELECT name, fingerprint FROM {_TABLE}")  # noqa: S608 - a constant
        expected = dict(cursor.fetchall())
    if problems := compare(expected, given):
        raise WrongKeys(
            "\n".join(
                [
                    "This database was written with other keys than the settings hold.",
                    *problems,
                    "Nothing was read or changed. Put the right keys into FIELD_KEYS and INDEX_KEY, from your copy of them.",
                ]
            )
        )
    _checked.add(connection.alias)


def check_new_connection(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    """Check the keys on the first connection of a process (receiver of `connection_created`)."""
    if not connection.settings_dict.get(CHECK_KEYS, True):
        return
    if connection.alias == DEFAULT_DB_ALIAS and connection.alias not in _checked:
        refuse_wrong_keys(connection)


def check_keys_now() -> None:
    """Check the keys at start-up, so that a server with wrong ones never says it is ready."""
    get_keyring()
    connections[DEFAULT_DB_ALIAS].ensure_connection()


def remember_keys(**kwargs: object) -> None:
    """Note the fingerprints of keys that are new to the database (after a migration, before a rotation)."""
    from store.models import KeyCheck  # noqa: PLC0415 - apps load this file before models

    given = given_fingerprints()
    if _TABLE not in connections[DEFAULT_DB_ALIAS].introspection.table_names():
        return  # migrated to a state before there was such a table
    known = dict(KeyCheck.objects.values_list("name", "fingerprint"))
    if problems := compare(known, given):
        raise WrongKeys("\n".join(problems))
    remembered = {*index_prints(known)}
    if INDEX in known and given[INDEX] not in remembered:
        given[f"{OTHER_INDEX}{given[INDEX]}"] = given[INDEX]  # it writes from now on; "index" is still the one that wrote
    KeyCheck.objects.bulk_create(
        [
            KeyCheck(name=name, fingerprint=value)
            for name, value in given.items()
            if name not in known and not (name.startswith(OTHER_INDEX) and value in remembered)
        ],
        ignore_conflicts=True,
    )


@checks.register(checks.Tags.security)
def check_key_settings(**kwargs: Any) -> Sequence[checks.CheckMessage]:
    """Report a missing, short or odd key as a system check."""
    try:
        given_fingerprints()
    except ImproperlyConfigured as error:
        return [
            checks.Critical(
                str(error),
                hint="Set FIELD_KEYS=kid:key and INDEX_KEY=key in the environment, or FIELD_KEYS_FILE and INDEX_KEY_FILE.",
                id="store.E010",
            )
        ]
    if {*index_keys()} & {entry.partition(":")[2].strip() for entry in settings.FIELD_KEYS.split(",")}:
        return [
            checks.Error("INDEX_KEY is one of FIELD_KEYS.", hint="Make another with `manage.py new_key`.", id="store.E011")
        ]
    return []
