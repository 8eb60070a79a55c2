"""Vendor standings: for each vendor what was done to manage the risk that comes with it, and what lacks."""
