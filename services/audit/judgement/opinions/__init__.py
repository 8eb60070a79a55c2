"""Opinions: proposed from the conclusions on the subject matters, and decided by a licensed person."""
