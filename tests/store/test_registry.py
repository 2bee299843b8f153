"""Nothing personal hides in a column nobody wrote down."""

from __future__ import annotations

from django.apps import apps
from django.utils import timezone

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


def test_every_row_that_is_found_says_since_when_it_is_there() -> None:
    for label, entry in PERSONAL.items():
        if entry.found_by:
            rows = apps.get_model(label)._default_manager.filter(**{f"{entry.made_at}__lte": timezone.now()})
            assert str(rows.query), label


def test_a_download_names_columns_that_exist_and_nothing_that_would_warn_a_thief() -> None:
    for label, entry in PERSONAL.items():
        assert set(entry.self_service.split()) <= {f.attname for f in apps.get_model(label)._meta.concrete_fields}, label
        assert not entry.self_service or not label.startswith("fraud."), label
    telling = {"why", "note", "reason", "decision", "decided_by_id", "cancel_reason", "facts", "problem"}
    telling |= {"cvc_check", "postcode_check", "line1_check", "risk_level", "risk_score", "is_liability_shifted"}
    telling |= {"declines", "declined_at", "card_fingerprint", "seller_protection", "payer_status"}
    assert not telling & {name for entry in PERSONAL.values() for name in entry.self_service.split()}


def test_every_path_to_a_person_can_be_queried() -> None:
    for label, entry in PERSONAL.items():
        for path in entry.found_by:
            assert str(apps.get_model(label)._default_manager.filter(**{path: "0" * 64}).query), label
