"""Known engagements: which firm may read what of its client, as the audit service announces it."""
