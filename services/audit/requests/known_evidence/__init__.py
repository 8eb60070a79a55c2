"""Known evidence: what the evidence service announced of its items, so that an answer can name them."""
