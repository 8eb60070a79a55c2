"""Occurrences: when a control should have been performed in a period, and when it was."""
