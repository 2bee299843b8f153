"""Torture: random histories of a shop under faults, and what must be true whatever happens. `make torture` runs it long."""
