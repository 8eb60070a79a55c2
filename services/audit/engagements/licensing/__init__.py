"""Licensing: which firm may conduct an engagement of which kind, and which of its people may sign its result."""
