"""Heat map: how many risks there are for each likelihood and impact, and how controls move them."""
