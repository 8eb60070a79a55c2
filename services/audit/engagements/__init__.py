"""Engagements and what is examined in them.

An engagement goes through its phases with a frozen scope. What the other services announce are the facts; a failure of
a control in scope opens an exception, which management answers and the auditor evaluates.
"""
