"""Data files that ship with the shop."""
