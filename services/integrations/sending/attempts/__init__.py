"""Attempts: which deliveries may be sent now, what came of each, and when it is tried again."""
