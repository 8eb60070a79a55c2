"""Request answers: what the client answered a request with. Each stays as it was given."""
