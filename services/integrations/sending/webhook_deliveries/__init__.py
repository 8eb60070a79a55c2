"""Deliveries: each message to each endpoint, what became of it, and every attempt."""
