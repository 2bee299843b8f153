"""How the shop is: facts (`facts.py`), told to probes (`probes.py`), to Prometheus (`metrics.py`) and to staff (`admin.py`).

requests.py   counts and logs every request, without naming anybody
"""
