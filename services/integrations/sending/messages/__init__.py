"""Messages: events as they are told outside, in the bytes that every attempt sends."""
