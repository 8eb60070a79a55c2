"""Samples: how many items of a population are tested, how they are selected, and what came of them."""
