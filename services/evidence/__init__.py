"""Evidence: what proves that a control works, and for how long.

Owns expectations, files, items with their reviews, freshness. Listens to controls: retired. Announces expectations
defined, withdrawn; files uploaded; items submitted, accepted, returned, expiring, expired, refreshed, superseded.
"""
