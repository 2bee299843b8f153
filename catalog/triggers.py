"""What the database keeps true by itself: each product's lowest price, and the search index.

SQL in two dialects, idempotent. The migrations install it; `post_migrate` puts it back on SQLite, where
altering a table drops the table's triggers.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

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


def install(connection: BaseDatabaseWrapper) -> None:
    """Create whatever is missing. Harmless when nothing is."""
    with connection.cursor() as cursor:
        for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.vendor]:
            cursor.execute(statement)


def install_after_migrate(*, using: str, **_: Any) -> None:
    """Put back what a later migration dropped (receiver of `post_migrate`)."""
    connection = connections[using]
    if connection.vendor == "sqlite" and "catalog_variant" in connection.introspection.table_names():
        install(connection)
