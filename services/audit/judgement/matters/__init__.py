"""Matters: what modifies the opinion on a subject matter, from findings and from conclusions on what is below."""
