"""What fresh API objects look like: every field of API version 2026-10-28.endive, most of them null for this shop.

`tests/sandbox/test_drift.py` holds each of them against the classes of the installed `stripe` package.
"""
