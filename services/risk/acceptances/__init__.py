"""Acceptances: a risk is retained for a time, by its owner and by whom the method's authority ladder names.

What was decided on is kept as it was then. When a fact worsens, the acceptance is stale until the same ladder confirms
it again; it ends by the clock, when it is revoked, or when another takes its place.
"""
