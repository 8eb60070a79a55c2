"""Report judgements: the opinion as it was decided, with what modifies it, and management's responses."""
