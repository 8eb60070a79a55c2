"""Earlier tests: what tests outside Attest came to, before it was there to plan them."""
