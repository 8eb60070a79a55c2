"""Known assets: what the risk service announced of assets, which programmes may name in their scope."""
