"""Engagements: what is known of the audits that evidence is for, as the audit service announced it."""
