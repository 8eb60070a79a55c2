"""Known items: what the evidence service announced of its items, so that a record can name them."""
