"""Acknowledgements: everyone a campaign asks, and whether they have acknowledged, when, and who recorded it."""
