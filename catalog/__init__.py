"""Categories, products, variants, pictures, stock and search: what the shop sells."""
