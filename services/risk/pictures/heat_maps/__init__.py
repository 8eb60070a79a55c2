"""Heat map: how many risks there are for each likelihood and impact, as data and as a picture."""
