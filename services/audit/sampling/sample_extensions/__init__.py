"""Sample extensions: more items of the same order, once, for a reason that is given before they are known."""
