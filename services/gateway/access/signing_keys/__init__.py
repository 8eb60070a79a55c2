"""Signing keys: the Ed25519 keys that access tokens are signed with, rotated, and withdrawn in an emergency."""
