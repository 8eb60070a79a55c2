"""Populations: all items that a control was performed on in a period, as the client's system lists them."""
