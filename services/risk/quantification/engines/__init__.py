"""Engines: what the numbers of a seed depend on besides it, and whether a kept result can be had again by them."""
