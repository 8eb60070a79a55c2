"""Contract: the one OpenAPI description of all services, the AsyncAPI one of the events, and a page to read them."""
