"""Retention of evidence: until when an item is kept and why, or how it went."""
