"""Search: the words of evidence, found by btree indexes that row-level security lets be used (docs/decisions)."""
