"""People who work here: how they prove who they are, how long that holds, and what ends it.

Outside the demo every staff account has a second factor beside its password: an authenticator app or a passkey, and recovery
codes for the day the telephone is lost. `StaffMiddleware` lets nobody past without it, whatever the page.

models.py      what is kept: secrets encrypted, codes hashed
totp.py        codes of an authenticator app, each accepted once
recovery.py    codes for a lost telephone, each accepted once
factors.py     checking a code at the speed of a person; setting up, replacing and taking away
again.py       asking once more, before what can't be undone
invitations.py, welcome.py  one-time links by which staff choose their first password
leaving.py     what ends when somebody leaves
old_passwords.py  the last four don't come back
deeds.py       what an owner does to the log-in of somebody else
session.py     what a session has proved, and when it is over
middleware.py  the gate before every staff page
views.py       the pages of all this
"""
