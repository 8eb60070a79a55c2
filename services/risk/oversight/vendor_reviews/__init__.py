"""Vendor reviews: what was looked at, what the reviewer found, and what another person decided."""
