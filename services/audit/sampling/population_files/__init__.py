"""Population files: what the client handed over, kept as it was given, and the frame that is made of it."""
