"""Evidence: what proves that a control works, and for how long.

Owns expectations, files, items with their reviews, freshness, holds. Listens to controls: retired; to audit: engagement
planned, revised, moved. Announces expectations defined, withdrawn; files uploaded; items submitted, accepted, returned,
expiring, expired, refreshed, superseded; holds placed, released.
"""
