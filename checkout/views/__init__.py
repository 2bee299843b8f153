"""Pages: each parses, makes one domain call and answers."""
