"""Adoptions: controls mapped to the requirements of a programme's framework through crosswalks, at once."""
