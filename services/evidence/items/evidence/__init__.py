"""Evidence: one piece of proof each, of a kind, from a source, for a period, submitted by one person."""
