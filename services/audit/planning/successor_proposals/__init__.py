"""Successor proposals: the engagement that follows on, as drafts that ordinary requests take as they are."""
