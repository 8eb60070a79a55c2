"""Chronologies: all that both parties' trails say of an engagement, in order, with place and digest in the chain."""
