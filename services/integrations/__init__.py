"""Integrations: what other systems tell Attest, and what Attest tells them.

Owns sources with their secrets: the systems that report to the organisation by webhook. Announces sources registered,
revised, retired; their secrets issued and revoked. Listens to the directory.
"""
