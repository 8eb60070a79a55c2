"""Ratings: how high a risk is now, given the health of the controls that answer it, and every rating it has had."""
