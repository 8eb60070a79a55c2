"""Fan-out: what is heard becomes one delivery for each endpoint that wants it and may have it."""
