"""Ticket connections: the systems in which tickets are opened, where in them, and what is kept in step."""
