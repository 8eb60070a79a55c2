"""Known programmes: what the controls service announced of them, which assets they have in scope among it."""
