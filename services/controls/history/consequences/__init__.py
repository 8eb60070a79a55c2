"""Consequences: what accepted historical records bring about, in the order in which it was done."""
