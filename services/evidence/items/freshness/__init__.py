"""Freshness: for how long accepted evidence counts, computed as of an instant; each change is announced once."""
