"""How the demo shop's pictures are drawn: shapes, a canvas that shades them, backdrops, animals, and a file per aisle."""
