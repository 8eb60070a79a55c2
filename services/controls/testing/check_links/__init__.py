"""Check links: which check that another system reports tests which control."""
