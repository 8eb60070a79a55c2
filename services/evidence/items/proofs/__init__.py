"""Proofs: what an item proves, and for how long that counts, computed as of an instant."""
