"""The ground's part of `recover`, the way back after a break-in. `checkout.recovery` has the steps in their order.

    state.py      how far a recovery is: a file outside the database, without secrets
    evidence.py   a sealed copy of what was found, for whoever investigates
    secrets.py    the files the deployment reads its secrets from, written anew
    accounts.py   every session, link and password of staff ended
    keys.py       a new field key, and every value moved to it

Each may be done again at any time.
"""
