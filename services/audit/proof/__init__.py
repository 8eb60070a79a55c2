"""Proof: in which order an engagement was done, from the sealed trails of both parties, and what is out of order."""
