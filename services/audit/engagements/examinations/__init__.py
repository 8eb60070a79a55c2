"""Examinations: what is known of the failures of controls, held against the engagements that have them in scope."""
