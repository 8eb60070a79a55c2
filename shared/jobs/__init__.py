"""Jobs: long work that a request starts and a worker does, step by step, whichever process is alive.

`work.py` has what a service declares, and what the work itself is handed; `starting.py` makes a job of a request,
`worker.py` finds the jobs that are due and keeps their leases, `ending.py` says how a job ended, and `routes.py` shows
jobs to those who may start them (docs/decisions/0027).
"""
