"""The options of variants as answers of their products, kept by the database: lists are narrowed by both in one way.

Each option ("Size") becomes an `Attribute` of the kind `option`, each of its values an `AttributeChoice`, and what the
active variants of a product have, its `ProductAttribute` rows. Whether *one* variant has all that was asked for is seen from
`Variant.options` (`catalog.options`). SQL in two dialects, idempotent, as in `catalog.triggers`.
"""

# ruff: noqa: S608 - constants of this module and of the model, nothing that anybody typed
from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from catalog.models.attribute import RESERVED

MAX_CODE, MAX_NAME, MAX_SLUG = 30, 40, 40


def slug_sql(text: str) -> str:
    """SQL for how a text is written in addresses; the same in both dialects."""
    return f"replace(lower(trim({text})), ' ', '-')"


def _fits(key: str, value: str) -> str:
    """SQL: an option that can be a facet. What is too long for an address, or already means something there, is none."""
    code = slug_sql(key)
    reserved = ", ".join(f"'{name}'" for name in sorted(RESERVED))
    return (
        f"length({code}) BETWEEN 1 AND {MAX_CODE} AND {code} NOT IN ({reserved}) AND substr({code}, length({code}) - 3) "
        f"NOT IN ('_min', '_max') AND length({slug_sql(value)}) BETWEEN 1 AND {MAX_SLUG}"
    )


# -- SQLite ----------------------------------------------------------------------------------------------------------------

_KNOWN = f"""
    INSERT OR IGNORE INTO catalog_attribute (code, name, kind, unit, is_facet, position)
    SELECT {slug_sql("o.key")}, trim(o.key), 'option', '', 1, 0 FROM json_each(NEW.options) o
    WHERE NEW.is_active AND typeof(o.key) = 'text' AND {_fits("o.key", "o.value")};
    INSERT OR IGNORE INTO catalog_attributechoice (attribute_id, slug, name, position)
    SELECT a.id, {slug_sql("o.value")}, trim(o.value), MIN(32000, 1 + COALESCE(
        (SELECT MAX(position) FROM catalog_attributechoice WHERE attribute_id = a.id), 0))
    FROM json_each(NEW.options) o JOIN catalog_attribute a ON a.code = {slug_sql("o.key")} AND a.kind = 'option'
    WHERE NEW.is_active AND {_fits("o.key", "o.value")};
"""


def _answers(product: str) -> str:
    return f"""
    INSERT OR IGNORE INTO catalog_productattribute (product_id, attribute_id, choice_id)
    SELECT x.product_id, a.id, c.id FROM catalog_variant x JOIN json_each(x.options) o
    JOIN catalog_attribute a ON a.code = {slug_sql("o.key")} AND a.kind = 'option'
    JOIN catalog_attributechoice c ON c.attribute_id = a.id AND c.slug = {slug_sql("o.value")}
    WHERE {product} AND x.is_active;
"""


def _anew(ids: str) -> str:
    return f"""
    DELETE FROM catalog_productattribute WHERE product_id IN ({ids})
    AND attribute_id IN (SELECT id FROM catalog_attribute WHERE kind = 'option');
    {_answers(f"x.product_id IN ({ids})")}
"""


SQLITE = [
    f"""
    CREATE TRIGGER IF NOT EXISTS catalog_options_ai AFTER INSERT ON catalog_variant WHEN NEW.options <> '{{}}' BEGIN
        {_KNOWN} {_answers("x.id = NEW.id")}
    END
    """,
    f"""
    CREATE TRIGGER IF NOT EXISTS catalog_options_au AFTER UPDATE OF options, is_active, product_id ON catalog_variant
    WHEN NEW.options <> OLD.options OR NEW.is_active <> OLD.is_active OR NEW.product_id <> OLD.product_id BEGIN
        {_KNOWN} {_anew("OLD.product_id, NEW.product_id")}
    END
    """,
    f"""
    CREATE TRIGGER IF NOT EXISTS catalog_options_ad AFTER DELETE ON catalog_variant WHEN OLD.options <> '{{}}' BEGIN
        {_anew("OLD.product_id")}
    END
    """,
]
# -- PostgreSQL ------------------------------------------------------------------------------------------------------------

_PAIRS = """
    catalog_variant x CROSS JOIN LATERAL
    jsonb_each_text(CASE WHEN jsonb_typeof(x.options) = 'object' THEN x.options ELSE '{}'::jsonb END) AS o (key, value)
"""
_OF_PRODUCTS = f"x.product_id = ANY (wanted) AND x.is_active AND {_fits('o.key', 'o.value')}"
_ASKED = f"catalog_attribute a ON a.code = {slug_sql('o.key')} AND a.kind = 'option'"

POSTGRESQL = [
    f"""
    CREATE OR REPLACE FUNCTION catalog_answer_options(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO catalog_attribute (code, name, kind, unit, is_facet, position)
        SELECT {slug_sql("o.key")} AS code, left(MIN(trim(o.key)), {MAX_NAME}), 'option', '', true, 0 FROM {_PAIRS}
        WHERE {_OF_PRODUCTS} AND NOT EXISTS (SELECT 1 FROM catalog_attribute WHERE code = {slug_sql("o.key")})
        GROUP BY 1 ORDER BY 1 ON CONFLICT DO NOTHING;
        INSERT INTO catalog_attributechoice (attribute_id, slug, name, position)
        SELECT a.id, {slug_sql("o.value")}, MIN(trim(o.value)), LEAST(32000, COALESCE(
            (SELECT MAX(position) FROM catalog_attributechoice WHERE attribute_id = a.id), 0
        ) + row_number() OVER (PARTITION BY a.id ORDER BY MIN(x.id))) FROM {_PAIRS} JOIN {_ASKED}
        WHERE {_OF_PRODUCTS} AND NOT EXISTS (
            SELECT 1 FROM catalog_attributechoice WHERE attribute_id = a.id AND slug = {slug_sql("o.value")}
        ) GROUP BY 1, 2 ORDER BY 1, 2 ON CONFLICT DO NOTHING;
        INSERT INTO catalog_productattribute (product_id, attribute_id, choice_id)
        SELECT DISTINCT x.product_id, a.id, c.id FROM {_PAIRS} JOIN {_ASKED}
        JOIN catalog_attributechoice c ON c.attribute_id = a.id AND c.slug = {slug_sql("o.value")}
        WHERE {_OF_PRODUCTS} ON CONFLICT DO NOTHING;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION catalog_options_added() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM catalog_answer_options(ARRAY(SELECT DISTINCT product_id FROM fresh WHERE options <> '{}'));
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION catalog_options_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM catalog_productattribute WHERE product_id IN (OLD.product_id, NEW.product_id)
        AND attribute_id IN (SELECT id FROM catalog_attribute WHERE kind = 'option');
        PERFORM catalog_answer_options(ARRAY[OLD.product_id, NEW.product_id]);  -- NEW is null on DELETE
        RETURN NULL;
    END $$
    """,
    # Once for all rows of an INSERT: imports write thousands.
    """
    CREATE OR REPLACE TRIGGER catalog_options_i AFTER INSERT ON catalog_variant
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION catalog_options_added()
    """,
    """
    CREATE OR REPLACE TRIGGER catalog_options_u AFTER UPDATE OF options, is_active, product_id ON catalog_variant
    FOR EACH ROW WHEN (NEW.options <> OLD.options OR NEW.is_active <> OLD.is_active OR NEW.product_id <> OLD.product_id)
    EXECUTE FUNCTION catalog_options_changed()
    """,
    """
    CREATE OR REPLACE TRIGGER catalog_options_d AFTER DELETE ON catalog_variant
    FOR EACH ROW WHEN (OLD.options <> '{}') EXECUTE FUNCTION catalog_options_changed()
    """,
]


def install_options(connection: BaseDatabaseWrapper) -> None:
    """Create what makes answers of options, if it is missing."""
    with connection.cursor() as cursor:
        for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.vendor]:
            cursor.execute(statement)


def answer_all_options(connection: BaseDatabaseWrapper) -> None:
    """Write the answers of the variants that were there before the triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT catalog_answer_options(ARRAY(SELECT DISTINCT product_id FROM catalog_variant))")
            return
        # The trigger of an UPDATE asks for a change: withdraw each active variant and put it back.
        cursor.execute("CREATE TEMP TABLE was_active AS SELECT id FROM catalog_variant WHERE is_active AND options <> '{}'")
        cursor.execute("UPDATE catalog_variant SET is_active = 0 WHERE id IN (SELECT id FROM was_active)")
        cursor.execute("UPDATE catalog_variant SET is_active = 1 WHERE id IN (SELECT id FROM was_active)")
        cursor.execute("DROP TABLE was_active")
