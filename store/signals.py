"""What the store tells the apps above it."""

from __future__ import annotations

from django.dispatch import Signal

# A person's data are about to be erased. Receivers return reasons against it, as a list of sentences ("An order is on its
# way."), or None. provides args: digest (of the e-mail, see `blind_index`)
erasure_requested = Signal()

# A person's data were erased, and that is committed. provides args: digest, at
customer_erased = Signal()

# The data of a database that was restored are being looked at. Receivers return what is wrong, as a list of sentences
# ("Order 1042: captured more than authorised."), or None. They ask the connection in use, and change nothing.
# provides args: none
data_checked = Signal()

# A job failed so often that it was given up; it waits for a person. Sent inside the transaction that parks it.
# provides args: task (its dotted path), tries, now
job_parked = Signal()

# Something is wrong with the backups: none, too old, damaged, a failed drill. Sent after each scheduled run until mended.
# provides args: problems (a sentence each), now
backups_troubled = Signal()

# Somebody of the staff has left. Sent inside the transaction that ends all they could do. provides args: user_id, now
staff_left = Signal()

# Somebody watches the shop. Receivers return a list of `store.watch.facts.Fact`, by a fixed number of queries.
# provides args: now
facts_wanted = Signal()

# The audit log's chain is broken (`store.audit.verify`). provides args: faults (a sentence each), now
audit_troubled = Signal()
