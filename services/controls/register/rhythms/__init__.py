"""Rhythms: on which days a control is due, by a recurrence rule (RFC 5545) or by the word for its frequency."""
