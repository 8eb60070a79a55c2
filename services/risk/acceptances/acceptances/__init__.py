"""Acceptances: proposals to retain a risk, with the state that they are about, and what became of them."""
