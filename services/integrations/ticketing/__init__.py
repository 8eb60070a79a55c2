"""Tickets: what is to be done here has a ticket in the system in which people work, and both are kept in step.

`adapters.py` knows the systems, `calls.py` sends their requests, and `worker.py` does what is due.
"""
