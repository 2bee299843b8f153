"""Encrypted fields: plain text in Python, ciphertext in the database, and no silent nonsense in between."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.core.management import call_command
from django.db import NotSupportedError, connection, models, transaction
from django.db.models import Case, CharField, Count, Exists, F, IntegerField, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Length, Lower, Upper
from django.db.models.query_utils import DeferredAttribute
from django.forms import modelform_factory
from django.test.utils import isolate_apps
from pytest_django import DjangoAssertNumQueries, Settings

from store.fields import EncryptedTextField, Sealed
from store.keyring import UnableToDecrypt, kid_of
from store.models import User
from tests.store.conftest import NEW_KEY, OLD_KEY, overwrite, stored

EMAIL = "Ada.Byron@Example.com"


class TestReadingAndWriting:
    def test_the_database_holds_ciphertext(self, buyer: User) -> None:
        assert kid_of(stored(buyer)) == "test1"
        assert "Byron" not in stored(buyer)

    def test_loading_decrypts_nothing_and_reading_decrypts_one(self, buyer: User) -> None:
        user = User.objects.get()
        assert type(user.__dict__["email"]) is Sealed
        assert user.email == EMAIL
        assert user.__dict__["email"] == EMAIL
        assert type(user.__dict__["name"]) is Sealed

    def test_an_untouched_value_is_written_back_as_it_is(self, buyer: User) -> None:
        before = stored(buyer)
        User.objects.get().save()
        assert stored(buyer) == before

    def test_a_read_value_stays_readable_after_saving(self, buyer: User) -> None:
        user = User.objects.get()
        assert user.email == EMAIL
        user.save()
        assert User.objects.get().email == EMAIL

    def test_an_untouched_value_of_an_old_key_is_written_with_the_new_one(self, buyer: User, settings: Settings) -> None:
        settings.FIELD_KEYS = f"{NEW_KEY},{OLD_KEY}"
        User.objects.get().save()
        assert kid_of(stored(buyer)) == "test2"
        assert User.objects.get().email == EMAIL

    def test_the_second_save_of_a_new_instance_updates(self, buyer: User) -> None:
        buyer.name = "Countess"
        buyer.save(update_fields=["name"])
        assert [user.name for user in User.objects.all()] == ["Countess"]

    def test_bulk_create_seals_each_row(self, db: None) -> None:
        User.objects.bulk_create([User(email=f"{n}@example.com", name=str(n)) for n in range(5)])
        assert {user.email for user in User.objects.all()} == {f"{n}@example.com" for n in range(5)}
        assert User.objects.get_by_natural_key("3@example.com").name == "3"

    def test_none_is_null_and_empty_is_sealed(self, buyer: User) -> None:
        buyer.name = ""
        buyer.save(update_fields=["name"])
        assert kid_of(stored(buyer, "name")) == "test1"
        assert User.objects.get().name == ""

    @pytest.mark.parametrize("value", [7, b"bytes", F("name"), Lower("name"), ["list"]])
    def test_only_text_can_be_saved(self, buyer: User, value: Any) -> None:
        before = stored(buyer, "name")
        buyer.name = value
        with pytest.raises(TypeError, match="store_user.name takes text or None"), transaction.atomic():
            buyer.save(update_fields=["name"])
        assert stored(buyer, "name") == before

    def test_the_class_attribute_is_a_deferred_attribute(self) -> None:
        assert isinstance(User.__dict__["email"], DeferredAttribute)
        assert vars(User)["email"].__get__(None, User) is vars(User)["email"]


class TestMovedValues:
    def test_a_cloned_row_fails_loudly(self, buyer: User) -> None:
        clone = User.objects.get()
        clone.pk, clone._state.adding = uuid4(), True
        with pytest.raises(UnableToDecrypt, match="belongs to another row"), transaction.atomic():
            clone.save()
        assert User.objects.count() == 1

    def test_an_unread_clone_under_another_rows_id_does_not_mangle_it(self, buyer: User, stranger: User) -> None:
        clone = User.objects.get(pk=buyer.pk)
        clone.pk = stranger.pk
        with pytest.raises(UnableToDecrypt, match="belongs to another row"), transaction.atomic():
            clone.save()
        assert User.objects.get(pk=stranger.pk).email == "grace@example.org"

    def test_a_clone_that_was_read_is_sealed_for_its_new_row(self, buyer: User) -> None:
        clone = User.objects.get()
        assert (clone.email, clone.name) == (EMAIL, "Ada Byron")
        clone.pk, clone.email, clone._state.adding = uuid4(), "other@example.com", True
        clone.save()
        assert User.objects.get(pk=clone.pk).name == "Ada Byron"

    def test_a_sealed_value_handed_to_another_row_is_refused(self, buyer: User, stranger: User) -> None:
        sealed = User.objects.get(pk=buyer.pk).__dict__["name"]
        stranger.name = sealed
        with pytest.raises(UnableToDecrypt, match="belongs to another row"), transaction.atomic():
            stranger.save()
        assert User.objects.get(pk=stranger.pk).name == "Grace Hopper"

    def test_a_token_swapped_in_the_database_is_refused(self, buyer: User, stranger: User) -> None:
        overwrite(buyer, stored(stranger))
        with pytest.raises(UnableToDecrypt, match="belongs to another row"):
            _ = User.objects.get(pk=buyer.pk).email

    def test_a_token_moved_to_another_column_is_refused(self, buyer: User) -> None:
        overwrite(buyer, stored(buyer, "name"))
        with pytest.raises(UnableToDecrypt, match="belongs to another column"):
            _ = User.objects.get(pk=buyer.pk).email

    def test_plaintext_in_the_database_is_refused(self, buyer: User) -> None:
        overwrite(buyer, "someone@example.com")
        with pytest.raises(UnableToDecrypt, match="not ciphertext"):
            _ = User.objects.get(pk=buyer.pk).email

    def test_a_broken_value_is_not_saved_over_by_accident(self, buyer: User) -> None:
        overwrite(buyer, stored(buyer)[:-4])
        broken = User.objects.get(pk=buyer.pk)
        with pytest.raises(UnableToDecrypt, match="altered"):
            _ = broken.email
        broken.name = "New name"
        broken.save(update_fields=["name"])
        assert User.objects.get().name == "New name"

    def test_an_upsert_is_refused(self, buyer: User) -> None:
        with pytest.raises(NotSupportedError, match="can't be part of an upsert"):
            User.objects.bulk_create(
                [User(email=EMAIL, name="Mallory")],
                update_conflicts=True,
                unique_fields=["email_index"],
                update_fields=["name"],
            )
        assert User.objects.get().name == "Ada Byron"


class TestLoadingInEveryWay:
    def test_deferred_fields_load_on_reading(self, buyer: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        for queryset in (User.objects.defer("email"), User.objects.only("name")):
            user = queryset.get()
            assert "email" in user.get_deferred_fields()
            with django_assert_num_queries(1):
                assert user.email == EMAIL

    def test_peers_load_together(
        self, buyer: User, stranger: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        users = list(User.objects.defer("email").fetch_mode(models.FETCH_PEERS).order_by("date_joined"))
        with django_assert_num_queries(1):
            assert [user.email for user in users] == [EMAIL, "grace@example.org"]

    def test_refreshing_reads_anew(self, buyer: User) -> None:
        other = User.objects.get()
        other.name = "Countess"
        other.save()
        buyer.refresh_from_db()
        assert buyer.name == "Countess"

    def test_from_db_and_raw_queries_work(self, buyer: User) -> None:
        names = ["id", "email", "name"]
        assert User.from_db("default", names, [buyer.pk, Sealed("store_user", "email", stored(buyer)), None]).email == EMAIL
        assert User.objects.raw("SELECT * FROM store_user")[0].email == EMAIL

    def test_copies_work_before_and_after_reading(self, buyer: User) -> None:
        user = User.objects.get()
        assert copy.copy(user).email == copy.deepcopy(user).email == EMAIL
        assert user.email == copy.deepcopy(user).email

    def test_joined_rows_open_with_their_own_id(self, buyer: User, stranger: User) -> None:
        from django.contrib.admin.models import LogEntry

        LogEntry.objects.create(user=stranger, action_flag=1)
        assert LogEntry.objects.select_related("user").get().user.email == "grace@example.org"

    def test_in_bulk_and_iterator_work(self, buyer: User) -> None:
        assert User.objects.in_bulk([buyer.pk])[buyer.pk].email == EMAIL
        assert [user.email for user in User.objects.iterator()] == [EMAIL]

    def test_counting_and_distinct_rows_work(self, buyer: User, stranger: User) -> None:
        assert User.objects.distinct().count() == 2
        assert len(User.objects.distinct()) == 2
        assert User.objects.annotate(n=Count("groups")).get(pk=buyer.pk).email == EMAIL
        assert User.objects.filter(Exists(User.objects.filter(pk=OuterRef("pk")))).count() == 2
        assert User.objects.aggregate(n=Count("pk")) == {"n": 2}

    def test_isnull_works(self, buyer: User) -> None:
        assert User.objects.filter(email__isnull=False).count() == 1
        assert not User.objects.filter(email__isnull=True).exists()
        assert User.objects.filter(Q(name__isnull=False) & ~Q(email__isnull=True)).count() == 1


USERS = User.objects
REFUSED: dict[str, Callable[[], Any]] = {
    "filter": lambda: USERS.filter(email=EMAIL),
    "filter by None": lambda: USERS.filter(email=None),
    "filter by list": lambda: USERS.filter(email__in=[EMAIL]),
    "contains": lambda: USERS.filter(email__icontains="ada"),
    "regex": lambda: USERS.filter(email__regex="."),
    "exclude": lambda: USERS.exclude(email=EMAIL),
    "get": lambda: USERS.get(email=EMAIL),
    "get_or_create": lambda: USERS.get_or_create(email=EMAIL),
    "Q": lambda: USERS.filter(Q(pk=None) | Q(email=EMAIL)),
    "across a relation": lambda: USERS.filter(logentry__user__email=EMAIL),
    "transform": lambda: USERS.filter(email__lower=EMAIL),
    "unknown lookup": lambda: USERS.filter(email__foo=EMAIL),
    "compared with a column": lambda: list(USERS.filter(password=F("email"))),
    "compared with an outer column": lambda: list(USERS.filter(Exists(USERS.filter(password=OuterRef("email"))))),
    "order_by": lambda: list(USERS.order_by("email")),
    "order_by descending": lambda: list(USERS.order_by("-email")),
    "order_by expression": lambda: list(USERS.order_by(F("email").asc(nulls_last=True))),
    "order_by function": lambda: list(USERS.order_by(Lower("email"))),
    "order_by selected": lambda: list(USERS.values("email").order_by("email")),
    "order_by annotation": lambda: list(USERS.annotate(e=F("email")).order_by("e")),
    "Upper": lambda: list(USERS.annotate(e=Upper("email"))),
    "Length": lambda: list(USERS.annotate(e=Length("email"))),
    "Cast": lambda: list(USERS.annotate(e=Cast("email", CharField()))),
    "Concat": lambda: list(USERS.annotate(e=Concat("email", Value("x"), output_field=CharField()))),
    "Coalesce": lambda: list(USERS.annotate(e=Coalesce("email", Value("x"), output_field=CharField()))),
    "Case": lambda: list(
        USERS.annotate(e=Case(When(pk=None, then=F("password")), default=F("email"), output_field=CharField()))
    ),
    "When": lambda: list(USERS.annotate(e=Case(When(email=EMAIL, then=1), default=0, output_field=IntegerField()))),
    "Subquery": lambda: list(USERS.annotate(e=Subquery(USERS.values("email")[:1], output_field=CharField()))),
    "in a subquery": lambda: list(USERS.filter(password__in=USERS.values("email"))),
    "Min": lambda: USERS.aggregate(Min("email")),
    "Count": lambda: USERS.aggregate(Count("email", distinct=True)),
    "group by": lambda: list(USERS.values("email").annotate(n=Count("pk"))),
    "distinct values": lambda: list(USERS.values("email").distinct()),
    "distinct values, counted": lambda: USERS.values("email").distinct().count(),
    "update from itself": lambda: USERS.update(email=F("email")),
    "update from another column": lambda: USERS.update(email=F("name")),
    "update of another column": lambda: USERS.update(password=F("email")),
    "update with a function": lambda: USERS.update(password=Upper("email")),
    "update with plaintext": lambda: USERS.update(email="x@example.com"),
    "update with a Value": lambda: USERS.update(email=Value("x@example.com")),
    "bulk_update": lambda: USERS.bulk_update([*USERS.all()], ["email"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_is_never_asked_about_the_value(buyer: User, name: str) -> None:
    before = stored(buyer), stored(buyer, "password")
    with pytest.raises((FieldError, TypeError, ValueError)) as caught, transaction.atomic():
        REFUSED[name]()
    assert "encrypted" in str(caught.value)
    assert EMAIL not in str(caught.value)
    assert (stored(buyer), stored(buyer, "password")) == before


def test_in_bulk_cannot_go_by_the_value(buyer: User) -> None:
    with pytest.raises(ValueError, match="must be a unique field but 'email' isn't"):
        User.objects.in_bulk([EMAIL], field_name="email")  # type: ignore[misc]  # the type checker refuses it as well


def test_other_orders_are_untouched(buyer: User, stranger: User) -> None:
    assert [user.email for user in User.objects.order_by("-date_joined")] == ["grace@example.org", EMAIL]
    rows: Any = User.objects.annotate(e=F("email")).order_by("-date_joined").values("pk", "email", "e")
    assert [row["email"].open(row["pk"]) for row in rows] == ["grace@example.org", EMAIL]


def test_a_refused_filter_names_the_blind_index(db: None) -> None:
    with pytest.raises(FieldError, match=r'Use filter\(email_index=blind_index\("email", value\)\)\.'):
        User.objects.filter(email="x")
    with pytest.raises(FieldError, match="No blind index covers it"):
        User.objects.filter(name="x")


class TestSealedValues:
    @pytest.fixture
    def sealed(self, buyer: User) -> Sealed:
        value: Any = User.objects.values_list("email", flat=True).get()
        assert type(value) is Sealed
        return value

    def test_values_give_sealed_objects_that_open_with_the_rows_id(self, buyer: User, sealed: Sealed) -> None:
        assert sealed.open(buyer.pk) == EMAIL
        row = User.objects.values("pk", "email").annotate(other=F("email")).get()
        assert row["other"].open(row["pk"]) == EMAIL
        with pytest.raises(UnableToDecrypt):
            sealed.open(uuid4())

    def test_the_representation_names_only_the_column(self, sealed: Sealed) -> None:
        assert repr(sealed) == "<Sealed store_user.email>"

    @pytest.mark.parametrize(
        "use",
        [
            str,
            bool,
            len,
            hash,
            list,
            bytes,
            sorted,
            json.dumps,
            pickle.dumps,
            "{}".format,
            "{:>9}".format,
            lambda s: f"{s}",
            lambda s: "%s" % s,  # noqa: UP031 - the point
            lambda s: s == "x",
            lambda s: s != s,  # noqa: PLR0124 - the point
            lambda s: s < "x",
            lambda s: s + "x",
            lambda s: "x" + s,
            lambda s: "x" in s,
            lambda s: s[0],
            lambda s: {s},
        ],
    )
    def test_using_one_as_text_raises(self, sealed: Sealed, use: Callable[[Any], Any]) -> None:
        with pytest.raises(TypeError):
            use(sealed)

    def test_an_unread_instance_cannot_be_pickled(self, buyer: User) -> None:
        with pytest.raises(TypeError, match="is sealed"):
            pickle.dumps(User.objects.get())


class TestSerialisers:
    @pytest.mark.parametrize("kind", ["json", "jsonl", "python", "xml"])
    def test_personal_fields_are_not_serialised(self, buyer: User, kind: str) -> None:
        with pytest.raises(TypeError, match="store_user.email is personal"):
            serializers.serialize(kind, User.objects.all())

    def test_dumpdata_refuses(self, buyer: User, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(Exception, match="is personal: it isn't serialised"):
            call_command("dumpdata", "store.User")
        assert "Byron" not in capsys.readouterr().out

    def test_loaddata_refuses_plaintext(self, db: None) -> None:
        fixture = json.dumps(
            [{"model": "store.user", "pk": str(uuid4()), "fields": {"email": "x@example.com", "password": "x"}}]
        )
        with pytest.raises(TypeError, match="encrypted for each row"), transaction.atomic():
            next(iter(serializers.deserialize("json", fixture))).save()
        assert not User.objects.exists()


class TestForms:
    def test_a_model_form_shows_and_saves_plaintext(self, buyer: User) -> None:
        form_class = modelform_factory(User, fields=["email", "name"])
        assert f'value="{EMAIL}"' in str(form_class(instance=User.objects.get()))
        form = form_class({"email": "countess@example.com", "name": "Ada"}, instance=User.objects.get())
        form.save()
        assert User.objects.get_by_natural_key("countess@example.com").name == "Ada"

    def test_length_is_counted_in_characters(self, db: None) -> None:
        User(email="x@example.com", password="x", name="😀" * 150).full_clean()
        with pytest.raises(ValidationError) as caught:
            User(email="x@example.com", password="x", name="x" * 151).full_clean()
        assert list(caught.value.message_dict) == ["name"]

    def test_a_bad_email_is_refused(self, db: None) -> None:
        with pytest.raises(ValidationError) as caught:
            User(email="not an address", password="x").full_clean()
        assert list(caught.value.message_dict) == ["email"]


class TestChecks:
    @isolate_apps("store")
    def test_a_number_as_primary_key_is_an_error(self) -> None:
        class Note(models.Model):  # noqa: DJ008 - nobody prints it
            text = EncryptedTextField()

            class Meta:
                app_label = "store"

        assert [error.id for error in Note.check()] == ["store.E001"]

    @isolate_apps("store")
    def test_a_unique_encrypted_field_is_an_error(self) -> None:
        class Note(models.Model):  # noqa: DJ008 - nobody prints it
            id = models.UUIDField(primary_key=True, default=uuid4)
            text = EncryptedTextField(unique=True)

            class Meta:
                app_label = "store"

        assert [error.id for error in Note.check()] == ["store.E002"]

    @isolate_apps("store")
    def test_options_survive_a_migration_and_the_old_name_after_a_rename(self) -> None:
        class Letter(models.Model):  # noqa: DJ008 - nobody prints it
            id = models.UUIDField(primary_key=True, default=uuid4)
            text = EncryptedTextField(multiline=True, null=True, blank=True, sealed_as="store_note.body")

            class Meta:
                app_label = "store"

        field = Letter._meta.get_field("text")
        _, path, args, kwargs = field.deconstruct()
        assert (path, args) == ("store.fields.EncryptedTextField", [])
        assert kwargs == {"multiline": True, "sealed_as": "store_note.body", "null": True, "blank": True}
        assert isinstance(field, EncryptedTextField)
        assert field.label == "store_note.body"
        assert "textarea" in str(modelform_factory(Letter, fields=["text"])())

    @isolate_apps("store")
    @pytest.mark.django_db(transaction=True)
    def test_a_child_table_opens_with_its_parents_id(self) -> None:
        class Parent(models.Model):  # noqa: DJ008 - nobody prints it
            id = models.UUIDField(primary_key=True, default=uuid4)
            note = EncryptedTextField(null=True)

            class Meta:
                app_label = "store"

        class Child(Parent):  # noqa: DJ008 - nobody prints it
            extra = EncryptedTextField(default="")

            class Meta:
                app_label = "store"

        assert [*Parent.check(), *Child.check()] == []
        with connection.schema_editor() as editor:
            editor.create_model(Parent)
            editor.create_model(Child)
        try:
            Child._default_manager.create(extra="inner")
            child = Child._default_manager.get()
            assert (child.note, child.extra) == (None, "inner")
            child.note = "outer"
            child.save()
            assert Parent._default_manager.get().note == "outer"
            assert Child._default_manager.get().extra == "inner"
            Child._default_manager.update(note=None)
            assert Child._default_manager.filter(note__isnull=True).count() == 1
        finally:
            with connection.schema_editor() as editor:
                editor.delete_model(Child)
                editor.delete_model(Parent)
