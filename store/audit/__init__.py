"""The audit log: who did what, when, from where, to which object and why. Names of fields, never their values.

    record(actor=request.user, action="order.reveal", object=order, fields=["phone"], why="Customer rang", request=request)

Rows are only added. Each is sealed with the seal of the one before it, so an altered, removed or moved row is found
(`manage.py verify_audit`). Call `record` last in a transaction: it holds the log's one lock until the commit.

models.py  the rows, and the head of the chain with its key
chain.py   adding a row and sealing it
verify.py  walking the chain
deeds.py   what staff did on any address of the admin
refusals.py  what they were refused there
targets.py   which object an address is about
export.py, admin.py  reading it, and taking it away as a file
"""

from store.audit.chain import record

__all__ = ["record"]
