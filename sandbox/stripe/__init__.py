"""The stand-in for Stripe, API version 2026-10-28.endive.

Every object is one row holding exactly the JSON that the API answers (`models.Resource`): what is stored is what is
shown. `shapes/` knows what fresh objects look like; `sessions`, `payments`, `refunds` and `trouble` change them and
emit events; `endpoints/` maps the published addresses to these functions; `pages` is the hosted payment page.
"""
