"""Vendors: what each does, with which data and access, its tier with the reasons, and where the relationship stands."""
