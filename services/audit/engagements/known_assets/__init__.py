"""Known assets: what the risk service announced of assets, which engagements may name in their scope."""
