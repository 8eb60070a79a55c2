"""Known vendors: what the risk service announced of vendors, which subservice organisations are tied to."""
