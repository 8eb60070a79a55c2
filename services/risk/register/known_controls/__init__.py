"""Known controls: what the controls service announced of them, kept here so that risks are rated without asking it."""
