"""Inversions: what an engagement has in another order than work is done in, or done too fast to have been done."""
