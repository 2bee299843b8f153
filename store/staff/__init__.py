"""People who work here: how they prove who they are, how long that holds, and what ends it.

Outside the demo every staff account has a second factor beside its password: an authenticator app or a passkey, and recovery
codes for the day the telephone is lost. `StaffMiddleware` lets nobody past without it, whatever the page.

models.py      what is kept: secrets encrypted, codes hashed
totp.py        codes of an authenticator app, each accepted once
recovery.py    codes for a lost telephone, each accepted once
factors.py     checking a code at the speed of a person; setting up, replacing and taking away
session.py     what a session has proved, and when it is over
middleware.py  the gate before every staff page
views.py       the pages of all this
"""
