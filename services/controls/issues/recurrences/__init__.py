"""Recurrences: what failed is an issue that is known, comes back or, where the policy says so, a new one."""
