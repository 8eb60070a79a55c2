"""Known organisations: how those of this installation are called, so that a firm sees the name of its client."""
