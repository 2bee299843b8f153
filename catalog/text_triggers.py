"""What the database keeps of the catalogue's texts in other languages: an index to search, and the words to mend typing by.

As `catalog.triggers` does for the first language: SQL in two dialects, idempotent.
"""

# ruff: noqa: S608 - constants of this module, nothing that anybody typed
from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

# What PostgreSQL calls the stems of a language; others are searched word by word.
CONFIGS: Final = {
    "da": "danish", "de": "german", "es": "spanish", "fi": "finnish", "fr": "french", "it": "italian", "nb": "norwegian",
    "nl": "dutch", "pt": "portuguese", "sv": "swedish",
}  # fmt: skip
# Letters that are typed in more than one way, and the one way they are compared in. In this order.
FOLDED: Final = (
    ("ä", "a"), ("ö", "o"), ("ü", "u"), ("ß", "ss"), ("ae", "a"), ("oe", "o"), ("ue", "u"),
)  # fmt: skip
_CAPITALS = (("Ä", "ä"), ("Ö", "ö"), ("Ü", "ü"))
# The marks that stand beside words; SQLite's parser takes no more at once.
_MARKS = '\n.,:;!?&()"-'


def _lower(text: str) -> str:
    """SQL for SQLite, which makes small letters of A to Z only."""
    sql = f"lower({text})"
    for capital, small in _CAPITALS:
        sql = f"replace({sql}, '{capital}', '{small}')"
    return sql


def folded_sql(text: str) -> str:
    """SQL for a text of small letters without umlauts."""
    for letter, plain in FOLDED:
        text = f"replace({text}, '{letter}', '{plain}')"
    return text


def _fold(text: str) -> str:
    return folded_sql(_lower(f"' ' || replace({text}, char(10), ' ')"))


def _split(text: str) -> str:
    sql = _lower(text)
    for mark in _MARKS:
        sql = f"replace({sql}, char({ord(mark)}), ' ')"
    return f"json_each('[' || replace(json_quote({sql}), ' ', '\",\"') || ']')"


_BRAND = "(SELECT brand FROM catalog_product WHERE id = NEW.product_id)"
_SPOKEN = f"NEW.name || ' ' || NEW.tagline || ' ' || {_BRAND}"
_WRITE_SQLITE = f"""
    INSERT INTO catalog_search_text (rowid, name, brand, tagline, description)
    VALUES (NEW.id, {_fold("NEW.name")}, {_fold(_BRAND)}, {_fold("NEW.tagline")}, {_fold("NEW.description")});
    INSERT OR IGNORE INTO catalog_textword (language, word) SELECT DISTINCT NEW.language, value FROM {_split(_SPOKEN)}
    WHERE length(value) BETWEEN 3 AND 40 AND value NOT GLOB '*[0-9\\]*';
"""
# As the texts' own columns; the maker is the product's.
_AGAIN = "UPDATE catalog_producttext SET language = language WHERE product_id = NEW.id"

SQLITE = [
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS catalog_search_text
    USING fts5(name, brand, tagline, description, tokenize='trigram')
    """,
    f"CREATE TRIGGER IF NOT EXISTS catalog_texts_ai AFTER INSERT ON catalog_producttext BEGIN {_WRITE_SQLITE} END",
    f"""
    CREATE TRIGGER IF NOT EXISTS catalog_texts_au
    AFTER UPDATE OF name, tagline, description, language ON catalog_producttext
    BEGIN DELETE FROM catalog_search_text WHERE rowid = OLD.id; {_WRITE_SQLITE} END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS catalog_texts_ad AFTER DELETE ON catalog_producttext
    BEGIN DELETE FROM catalog_search_text WHERE rowid = OLD.id; END
    """,
    f"""
    CREATE TRIGGER IF NOT EXISTS catalog_texts_brand AFTER UPDATE OF brand ON catalog_product
    WHEN NEW.brand <> OLD.brand BEGIN {_AGAIN}; END
    """,
]

_STEMS = " ".join(f"WHEN '{code}' THEN '{config}'::regconfig" for code, config in CONFIGS.items())
_CONFIG = f"CASE NEW.language {_STEMS} ELSE 'simple'::regconfig END"

POSTGRESQL = [
    "ALTER TABLE catalog_producttext ADD COLUMN IF NOT EXISTS search_vector tsvector",
    "CREATE INDEX IF NOT EXISTS catalog_producttext_search ON catalog_producttext USING gin (search_vector)",
    # Kept rather than worked out: a search ranks thousands of them.
    """
    ALTER TABLE catalog_producttext ADD COLUMN IF NOT EXISTS folded_name text, ADD COLUMN IF NOT EXISTS folded text
    """,
    "DROP INDEX IF EXISTS catalog_producttext_trigrams",
    "DROP INDEX IF EXISTS catalog_producttext_pieces",
    "CREATE INDEX IF NOT EXISTS catalog_producttext_folded ON catalog_producttext USING gin (folded gin_trgm_ops)",
    "CREATE INDEX IF NOT EXISTS catalog_textword_similar ON catalog_textword USING gin (word gin_trgm_ops)",
    f"""
    CREATE OR REPLACE FUNCTION catalog_index_text() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        config CONSTANT regconfig := {_CONFIG};
        maker CONSTANT text := {_BRAND};
    BEGIN
        NEW.folded_name := ' ' || {folded_sql("lower(NEW.name)")};
        NEW.folded := NEW.folded_name || ' ' || {folded_sql("lower(NEW.tagline)")};
        NEW.search_vector := setweight(to_tsvector(config, NEW.name), 'A') || setweight(to_tsvector(config, maker), 'B')
            || setweight(to_tsvector(config, NEW.tagline), 'C') || setweight(to_tsvector(config, NEW.description), 'D');
        INSERT INTO catalog_textword (language, word)
        SELECT DISTINCT NEW.language, term FROM regexp_split_to_table(lower({_SPOKEN}), '[^[:alnum:]]+') AS term
        WHERE char_length(term) BETWEEN 3 AND 40 AND term !~ '[0-9]'
        AND NOT EXISTS (SELECT 1 FROM catalog_textword WHERE language = NEW.language AND word = term)
        ORDER BY term ON CONFLICT DO NOTHING;
        RETURN NEW;
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER catalog_texts_iu
    BEFORE INSERT OR UPDATE OF name, tagline, description, language ON catalog_producttext
    FOR EACH ROW EXECUTE FUNCTION catalog_index_text()
    """,
    f"""
    CREATE OR REPLACE FUNCTION catalog_index_brand() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {_AGAIN};
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER catalog_texts_brand AFTER UPDATE OF brand ON catalog_product
    FOR EACH ROW WHEN (NEW.brand <> OLD.brand) EXECUTE FUNCTION catalog_index_brand()
    """,
]


def install_texts(connection: BaseDatabaseWrapper) -> None:
    """Create what is missing of the index and the words."""
    with connection.cursor() as cursor:
        for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.vendor]:
            cursor.execute(statement)


def read_all_texts(connection: BaseDatabaseWrapper) -> None:
    """Learn the texts that were there before the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_producttext SET language = language")
