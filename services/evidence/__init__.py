"""Evidence: what proves that a control works, and for how long.

Owns expectations with their cadence, collections, calendar feeds, files, items with their versions, reviews, tags and
words, record schemas, freshness, holds. Listens to controls: retired; to audit: engagement planned, revised, moved; to
the gateway: member removed, API client revoked. Announces expectations defined, withdrawn; collections opened,
submitted, reopened, accepted, overdue, skipped, rescheduled, reassigned; calendar feeds issued, revoked; files
uploaded, cleared, quarantined; record schemas defined; items submitted, accepted, returned, replaced, tagged, expiring,
expired, refreshed, superseded; holds placed, released.
"""
