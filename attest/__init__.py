"""`python -m attest verify FILE`: what Attest gave out, checked offline and without trusting whoever passed it on."""
