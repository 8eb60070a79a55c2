"""Known evidence: what the evidence service announced of its items, so that a vendor's papers can name them."""
