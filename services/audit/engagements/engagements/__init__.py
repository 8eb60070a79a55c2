"""Engagements: what a CPA firm examines, as of a date or over a period, and how far it has come."""
