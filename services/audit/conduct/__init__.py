"""Conduct: how the auditing party takes an engagement from one phase to the next.

Each move has somebody of the team who may make it, and gates: what has to be there before. All that is open is said at
once, to each party what it can do about it.
"""
