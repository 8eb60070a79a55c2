"""Engagement facts: what an engagement has of what its phases need."""
