"""The shop's products, one file per aisle."""
