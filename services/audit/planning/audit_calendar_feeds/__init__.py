"""Audit calendar feeds: milestones and the due days of requests, in the calendar of whoever answers for them."""
