"""Decisions told to other systems: signed webhooks, as standardwebhooks.com describes them, and files.

write.py    a row for each endpoint, in the transaction that makes the decision true
signing.py  secrets and signatures
dialling.py one POST to an address of the merchant's that must not lead into our own network
deliver.py  sending a row, and what follows when that fails
export.py   all decisions as CSV or JSON
"""
