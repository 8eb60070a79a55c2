"""`python -m attest verify`: what Attest gave out, checked offline, and the trails of an installation."""
