"""Known risks: what the risk service announced of them, so that a programme says whether risks were assessed."""
