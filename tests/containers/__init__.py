"""Trials of the shop in its containers, which no other test can make: `python -m tests.containers`."""
