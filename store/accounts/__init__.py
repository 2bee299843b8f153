"""Customer accounts: sign-up, log-in, log-out, a new password. Nothing in the shop needs one.

Three rules hold everywhere here. Nobody learns whether an e-mail address has an account: answers, status, work and limits
are the same, and only the mail to the address itself tells. An account is live once its owner has opened a link from their
mailbox *and* typed the password they chose. Addresses in mails are made from `settings.SHOP_ORIGIN`, never from a request.

sign_up.py  asking for an account, and making it live
passwords.py  a new password: by a link, or knowing the old one
links.py  what the links in mails are made of
mails.py, tasks.py  what the worker sends: a task knows ids, the text is made when it is sent
access.py   who is asking, where they may go next, and whether it is still them
"""
