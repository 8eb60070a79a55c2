"""Posture: how the organisation stands, in numbers, now and on each day, of what the caller may read."""
