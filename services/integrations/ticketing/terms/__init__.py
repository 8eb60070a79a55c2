"""Terms: what all systems of tickets have in common, whatever each calls it."""
