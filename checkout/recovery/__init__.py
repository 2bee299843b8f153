"""`recover`, the switch: after a break-in, from a closed shop to an open one whose doors were all changed.

    steps.py      what is done, in this order; each is a plain function, and may be done again
    run.py        doing the steps that are not done yet
    choosing.py   which backup to go back to
    asking.py     the gateways' new secrets
    payments.py   every payment since the backup gets its order again:
    lost.py       what the database that was broken into says of them
    rebuild.py    writing an order from that, or from what the gateway knows
    invoices.py   invoices keep their numbers
    unknown.py    goods that nobody can name any more

Each step may be killed at any point and is then done again; `store.recovery.state` knows which are done.
"""
