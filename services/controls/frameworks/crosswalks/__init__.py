"""Crosswalks: which requirements of one framework speak of the same as which of another, and who says so."""
