"""Requests: what the firm asks the client for, by which day, and how it stands."""
