"""What there is to say of the products, in German. Slug -> paragraphs parted by a blank line."""

DESCRIPTIONS: dict[str, str] = {}
