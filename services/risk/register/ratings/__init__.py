"""Ratings: what is left of a risk, given the health of the controls that answer it, and every rating there ever was."""
