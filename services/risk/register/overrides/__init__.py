"""Overrides: what people put in the place of a computed rating, for a reason, with an end, until facts worsen."""
