"""The demo shop: what is on its shelves and how every picture is drawn. Plain Python and Pillow, no Django."""
