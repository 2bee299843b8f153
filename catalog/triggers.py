"""What the database keeps true by itself: each product's lowest price, and the search index.

SQL in two dialects, idempotent. The migrations install it; `post_migrate` puts it back on SQLite, where
altering a table drops the table's triggers.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from catalog.option_triggers import install_options
from catalog.text_triggers import install_texts

SQLITE = [
    # -- The lowest price of a product's active variants
    """
    CREATE TRIGGER IF NOT EXISTS catalog_price_ai AFTER INSERT ON catalog_variant BEGIN
        UPDATE catalog_product SET price_from = (
            SELECT MIN(price) FROM catalog_variant WHERE product_id = NEW.product_id AND is_active
        ) WHERE id = NEW.product_id;
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS catalog_price_ad AFTER DELETE ON catalog_variant BEGIN
        UPDATE catalog_product SET price_from = (
            SELECT MIN(price) FROM catalog_variant WHERE product_id = OLD.product_id AND is_active
        ) WHERE id = OLD.product_id;
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS catalog_price_au AFTER UPDATE OF price, is_active, product_id ON catalog_variant BEGIN
        UPDATE catalog_product SET price_from = (
            SELECT MIN(price) FROM catalog_variant WHERE product_id = catalog_product.id AND is_active
        ) WHERE id IN (OLD.product_id, NEW.product_id);
    END
    """,
    # A stale object that is saved must not bring an old price back.
    """
    CREATE TRIGGER IF NOT EXISTS catalog_price_kept AFTER UPDATE OF price_from ON catalog_product
    WHEN NEW.price_from IS NOT (SELECT MIN(price) FROM catalog_variant WHERE product_id = NEW.id AND is_active) BEGIN
        UPDATE catalog_product SET price_from = (
            SELECT MIN(price) FROM catalog_variant WHERE product_id = NEW.id AND is_active
        ) WHERE id = NEW.id;
    END
    """,
    # -- The search index, which reads its text from catalog_product
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS catalog_search USING fts5(
        name, brand, tagline, description,
        content='catalog_product', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2', prefix='2 3'
    )
    """,
    """
    CREATE TRIGGER IF NOT EXISTS catalog_search_ai AFTER INSERT ON catalog_product BEGIN
        INSERT INTO catalog_search (rowid, name, brand, tagline, description)
        VALUES (NEW.id, NEW.name, NEW.brand, NEW.tagline, NEW.description);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS catalog_search_ad AFTER DELETE ON catalog_product BEGIN
        INSERT INTO catalog_search (catalog_search, rowid, name, brand, tagline, description)
        VALUES ('delete', OLD.id, OLD.name, OLD.brand, OLD.tagline, OLD.description);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS catalog_search_au AFTER UPDATE OF name, brand, tagline, description ON catalog_product BEGIN
        INSERT INTO catalog_search (catalog_search, rowid, name, brand, tagline, description)
        VALUES ('delete', OLD.id, OLD.name, OLD.brand, OLD.tagline, OLD.description);
        INSERT INTO catalog_search (rowid, name, brand, tagline, description)
        VALUES (NEW.id, NEW.name, NEW.brand, NEW.tagline, NEW.description);
    END
    """,
]

POSTGRESQL = [
    # -- The lowest price of a product's active variants
    """
    CREATE OR REPLACE FUNCTION catalog_refresh_price() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE catalog_product SET price_from = (
            SELECT MIN(price) FROM catalog_variant WHERE product_id = catalog_product.id AND is_active
        ) WHERE id IN (OLD.product_id, NEW.product_id);  -- OLD is null on INSERT, NEW on DELETE
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER catalog_price_id AFTER INSERT OR DELETE ON catalog_variant
    FOR EACH ROW EXECUTE FUNCTION catalog_refresh_price()
    """,
    """
    CREATE OR REPLACE TRIGGER catalog_price_u AFTER UPDATE OF price, is_active, product_id ON catalog_variant
    FOR EACH ROW EXECUTE FUNCTION catalog_refresh_price()
    """,
    """
    CREATE OR REPLACE FUNCTION catalog_keep_price() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.price_from := (SELECT MIN(price) FROM catalog_variant WHERE product_id = NEW.id AND is_active);
        RETURN NEW;
    END $$
    """,
    # A stale object that is saved must not bring an old price back.
    """
    CREATE OR REPLACE TRIGGER catalog_price_kept BEFORE UPDATE OF price_from ON catalog_product
    FOR EACH ROW EXECUTE FUNCTION catalog_keep_price()
    """,
    # -- The search index
    """
    ALTER TABLE catalog_product ADD COLUMN IF NOT EXISTS search_vector tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', brand), 'B')
        || setweight(to_tsvector('english', tagline), 'C') || setweight(to_tsvector('english', description), 'D')
    ) STORED
    """,
    "CREATE INDEX IF NOT EXISTS catalog_product_search ON catalog_product USING gin (search_vector)",
]


# -- The vocabulary of the search: every word of a name, a maker and a tagline ----------------------------------------------

# The marks that stand beside words in the names of goods; SQLite's parser takes no more at once.
_MARKS = "\n.,:;!?/&()\"'-\u2019\u2014"


def _split(text: str) -> str:
    """SQL for SQLite: the words of `text` as rows of json_each. There is no other way to split there."""
    spaced = f"lower({text})"
    for mark in _MARKS:
        spaced = f"replace({spaced}, char({ord(mark)}), ' ')"
    return f"json_each('[' || replace(json_quote({spaced}), ' ', '\",\"') || ']')"


_LEARN_SQLITE = f"""
    INSERT OR IGNORE INTO catalog_word (word) SELECT DISTINCT value
    FROM {_split("NEW.name || ' ' || NEW.brand || ' ' || NEW.tagline")}
    WHERE length(value) BETWEEN 3 AND 40 AND value NOT GLOB '*[0-9\\]*';
"""  # noqa: S608 - constants of this module

WORDS_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS catalog_words_ai AFTER INSERT ON catalog_product BEGIN {_LEARN_SQLITE} END",
    f"""
    CREATE TRIGGER IF NOT EXISTS catalog_words_au AFTER UPDATE OF name, brand, tagline ON catalog_product
    BEGIN {_LEARN_SQLITE} END
    """,
]

WORDS_POSTGRESQL = [
    # Comes with PostgreSQL; the owner of a database may install it.
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS catalog_word_similar ON catalog_word USING gin (word gin_trgm_ops)",
    """
    CREATE OR REPLACE FUNCTION catalog_learn_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO catalog_word (word)
        SELECT DISTINCT term FROM regexp_split_to_table(
            lower(NEW.name || ' ' || NEW.brand || ' ' || NEW.tagline), '[^[:alnum:]]+'
        ) AS term
        WHERE char_length(term) BETWEEN 3 AND 40 AND term !~ '[0-9]'
        AND NOT EXISTS (SELECT 1 FROM catalog_word WHERE word = term)
        ORDER BY term ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER catalog_words_iu AFTER INSERT OR UPDATE OF name, brand, tagline ON catalog_product
    FOR EACH ROW EXECUTE FUNCTION catalog_learn_words()
    """,
]


# -- Where things used to be ------------------------------------------------------------------------------------------------

ADDRESSES_SQLITE = [
    """
    CREATE TRIGGER IF NOT EXISTS catalog_moved_product AFTER UPDATE OF slug ON catalog_product
    WHEN NEW.slug <> OLD.slug BEGIN
        DELETE FROM catalog_oldaddress WHERE path = 'products/' || OLD.slug;
        INSERT INTO catalog_oldaddress (path, product_id) VALUES ('products/' || OLD.slug, NEW.id);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS catalog_moved_category AFTER UPDATE OF path ON catalog_category
    WHEN NEW.path <> OLD.path BEGIN
        DELETE FROM catalog_oldaddress WHERE path = 'catalog/' || OLD.path;
        INSERT INTO catalog_oldaddress (path, category_id) VALUES ('catalog/' || OLD.path, NEW.id);
    END
    """,
]

ADDRESSES_POSTGRESQL = [
    """
    CREATE OR REPLACE FUNCTION catalog_keep_old_product() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO catalog_oldaddress (path, product_id) VALUES ('products/' || OLD.slug, NEW.id)
        ON CONFLICT (path) DO UPDATE SET product_id = excluded.product_id, category_id = NULL;
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER catalog_moved_product AFTER UPDATE OF slug ON catalog_product
    FOR EACH ROW WHEN (NEW.slug <> OLD.slug) EXECUTE FUNCTION catalog_keep_old_product()
    """,
    """
    CREATE OR REPLACE FUNCTION catalog_keep_old_category() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO catalog_oldaddress (path, category_id) VALUES ('catalog/' || OLD.path, NEW.id)
        ON CONFLICT (path) DO UPDATE SET category_id = excluded.category_id, product_id = NULL;
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER catalog_moved_category AFTER UPDATE OF path ON catalog_category
    FOR EACH ROW WHEN (NEW.path <> OLD.path) EXECUTE FUNCTION catalog_keep_old_category()
    """,
]


def install_addresses(connection: BaseDatabaseWrapper) -> None:
    """Create what keeps old addresses, if it is missing."""
    with connection.cursor() as cursor:
        for statement in {"sqlite": ADDRESSES_SQLITE, "postgresql": ADDRESSES_POSTGRESQL}[connection.vendor]:
            cursor.execute(statement)


# -- The price history ------------------------------------------------------------------------------------------------------

HISTORY_SQLITE = [
    """
    CREATE TRIGGER IF NOT EXISTS catalog_history_ai AFTER INSERT ON catalog_variant BEGIN
        INSERT INTO catalog_pricerow (variant_id, price, from_at)
        VALUES (NEW.id, NEW.price, strftime('%Y-%m-%d %H:%M:%f', 'now'));
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS catalog_history_au AFTER UPDATE OF price ON catalog_variant
    WHEN NEW.price <> OLD.price BEGIN
        INSERT INTO catalog_pricerow (variant_id, price, from_at)
        VALUES (NEW.id, NEW.price, strftime('%Y-%m-%d %H:%M:%f', 'now'));
    END
    """,
]

HISTORY_POSTGRESQL = [
    """
    CREATE OR REPLACE FUNCTION catalog_keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO catalog_pricerow (variant_id, price, from_at) VALUES (NEW.id, NEW.price, clock_timestamp());
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER catalog_history_i AFTER INSERT ON catalog_variant
    FOR EACH ROW EXECUTE FUNCTION catalog_keep_history()
    """,
    """
    CREATE OR REPLACE TRIGGER catalog_history_u AFTER UPDATE OF price ON catalog_variant
    FOR EACH ROW WHEN (NEW.price <> OLD.price) EXECUTE FUNCTION catalog_keep_history()
    """,
]


def install_history(connection: BaseDatabaseWrapper) -> None:
    """Create what keeps the price history, if it is missing."""
    with connection.cursor() as cursor:
        for statement in {"sqlite": HISTORY_SQLITE, "postgresql": HISTORY_POSTGRESQL}[connection.vendor]:
            cursor.execute(statement)


def install_words(connection: BaseDatabaseWrapper) -> None:
    """Create what keeps the vocabulary, if it is missing."""
    with connection.cursor() as cursor:
        for statement in {"sqlite": WORDS_SQLITE, "postgresql": WORDS_POSTGRESQL}[connection.vendor]:
            cursor.execute(statement)


def install(connection: BaseDatabaseWrapper) -> None:
    """Create whatever is missing. Harmless when nothing is."""
    with connection.cursor() as cursor:
        for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.vendor]:
            cursor.execute(statement)


def install_after_migrate(*, using: str, **_: Any) -> None:
    """Put back what a later migration dropped (receiver of `post_migrate`)."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    tables = connection.introspection.table_names()
    if "catalog_variant" in tables:
        install(connection)
    if "catalog_word" in tables:
        install_words(connection)
    if "catalog_oldaddress" in tables:
        install_addresses(connection)
    if "catalog_pricerow" in tables:
        install_history(connection)
    if "catalog_productattribute" in tables:
        install_options(connection)
    if "catalog_textword" in tables:
        install_texts(connection)
