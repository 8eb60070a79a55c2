"""Known engagements: what the audit service announced of them, so that a programme says how far the audit is."""
