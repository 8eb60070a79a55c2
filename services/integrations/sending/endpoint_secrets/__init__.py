"""Secrets of endpoints: what deliveries are signed with, by Standard Webhooks 1.0."""
