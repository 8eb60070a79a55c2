"""Envelopes: what each kind of sender writes around its events, and which secrets it sends along."""
