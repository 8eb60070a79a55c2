"""Happenings: how many events of each type there were on each day."""
