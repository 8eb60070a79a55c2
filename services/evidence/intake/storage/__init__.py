"""Storage: how many bytes an organisation may keep, and how many it keeps or is about to."""
