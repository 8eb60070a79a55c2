"""Interested parties: who expects something of a management system, what, and what of that it addresses."""
