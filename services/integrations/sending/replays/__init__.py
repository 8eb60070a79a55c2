"""Replays: to send a delivery again, or all that failed since a date, with the same id and bytes."""
