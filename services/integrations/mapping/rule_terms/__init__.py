"""Rule terms: what a rule of mapping is made of."""
