"""Reported: what other systems report of checks, and which controls that tests."""
