"""Tasks: what somebody has to do about a thing, and who."""
