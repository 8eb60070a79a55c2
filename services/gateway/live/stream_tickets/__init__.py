"""Stream tickets: a browser's EventSource sends no token, so its owner fetches an address that opens one stream."""
