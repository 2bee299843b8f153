"""Nothing personal hides in a column nobody wrote down."""

from __future__ import annotations

from django.apps import apps

from store.registry import NOT_PERSONAL, PERSONAL, encrypted_fields, readable_personal_columns, unregistered_columns


def test_every_telling_column_is_in_the_registry_or_on_the_list() -> None:
    missing = unregistered_columns()
    assert missing == [], "Put these into PERSONAL or NOT_PERSONAL in store/registry.py"


def test_every_personal_column_is_encrypted_or_a_blind_index() -> None:
    assert readable_personal_columns() == []


def test_every_encrypted_column_is_registered_as_personal() -> None:
    assert [
        f"{model._meta.label}.{field.name}"
        for model, field in encrypted_fields()
        if model._meta.label not in PERSONAL or field.name not in PERSONAL[model._meta.label].fields
    ] == []


def test_the_lists_name_only_what_exists_and_nothing_twice() -> None:
    for label, names in NOT_PERSONAL.items():
        columns = {field.name for field in apps.get_model(label)._meta.local_concrete_fields}
        assert set(names.split()) <= columns, label
        if label in PERSONAL:
            assert not set(names.split()) & set(PERSONAL[label].fields), label
    for label, entry in PERSONAL.items():
        assert set(entry.fields) <= {field.name for field in apps.get_model(label)._meta.local_concrete_fields}, label


def test_every_path_to_a_person_can_be_queried() -> None:
    for label, entry in PERSONAL.items():
        for path in entry.found_by:
            assert str(apps.get_model(label)._default_manager.filter(**{path: "0" * 64}).query), label
