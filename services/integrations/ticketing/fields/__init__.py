"""Fields: what is kept in step between a thing here and its ticket, and who changes it."""
