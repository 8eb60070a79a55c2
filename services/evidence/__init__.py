"""Evidence: what proves that a control works, and for how long.

Owns expectations with their cadence, collections, files, items with their reviews, freshness, holds. Listens to
controls: retired; to audit: engagement planned, revised, moved. Announces expectations defined, withdrawn; collections
opened, submitted, reopened, accepted, overdue, skipped, rescheduled, reassigned; files uploaded,
cleared, quarantined; items submitted,
accepted, returned, expiring, expired, refreshed, superseded; holds placed, released.
"""
