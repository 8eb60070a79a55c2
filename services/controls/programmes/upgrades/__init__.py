"""Upgrades: a programme moves to another version of its framework, sees beforehand what that does, and can go back."""
