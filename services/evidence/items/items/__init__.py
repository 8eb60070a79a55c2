"""Items: one piece of proof each, submitted by one person and reviewed by another."""
