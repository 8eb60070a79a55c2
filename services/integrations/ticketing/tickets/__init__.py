"""Tickets: one for each thing and connection, from the intent to open it to its end outside."""
