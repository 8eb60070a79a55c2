"""Acceptance decisions: the owner accepts, others approve, and whoever decides may decline."""
