"""Clients generated from the contract, as a partner would generate them, and the linters that read it."""
