"""Matrix drawing: the picture of a heat map, and the page with its table."""
