"""Source deliveries: what sources sent, as it came, and what became of it."""
