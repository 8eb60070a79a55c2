"""Ticket rules: which events have a ticket opened for what they are about, and through which connection."""
