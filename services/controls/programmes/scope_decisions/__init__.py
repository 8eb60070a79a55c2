"""Scope decisions: whether a requirement of a programme is relevant to the organisation, and why."""
