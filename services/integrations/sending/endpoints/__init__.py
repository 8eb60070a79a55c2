"""Endpoints: where an organisation wants webhooks, about what, how fast, and how each is signed."""
