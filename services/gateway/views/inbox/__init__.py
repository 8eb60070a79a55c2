"""Inbox: what waits for the caller in all services, due and overdue, with a count for each kind of work."""
