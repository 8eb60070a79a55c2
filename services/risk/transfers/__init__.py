"""Risks as tables: in from the registers that people have, and out to ones that come back in unchanged."""
