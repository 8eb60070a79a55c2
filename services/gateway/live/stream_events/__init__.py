"""Stream events: what happened to things, numbered in the order of delivery and kept for a day."""
