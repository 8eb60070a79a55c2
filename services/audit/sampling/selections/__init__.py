"""Selections: the items of a frame that a method and a seed select, and those that follow them."""
