"""Evidence: what proves that a control works, and for how long.

Owns expectations with their cadence, collections, calendar feeds, files, items with their versions, reviews, tags and
words, record schemas, freshness, retention, releases, holds, disposals, bundles. Listens to controls: retired; to
audit: engagement proposed, revised, moved; requests released, rescheduled, assigned, submitted, declared unavailable,
returned, accepted, unavailable, cancelled; request answers given; to the gateway: people added, changed, left, duties
handed over; storage quota set; to integrations: result files received. Announces expectations defined, withdrawn;
collections opened, submitted, reopened, accepted, overdue, skipped, rescheduled, reassigned; calendar feeds issued,
revoked; files uploaded, cleared, quarantined, erased; record schemas defined; items submitted, accepted, returned,
replaced, tagged, expiring, expired, refreshed, superseded, classified, disposed; retention classes defined, revised,
withdrawn; releases recorded, withdrawn; holds placed, released; disposals requested, approved, cancelled, completed;
bundles assembled.
"""
