"""Estimates: the tree of factors of a loss scenario, entered at any level."""
