"""Known controls: what they are called, so that no text names to an auditor one that is outside the scope."""
