"""Described engagements: those whose report has a system description, while it can be changed."""
