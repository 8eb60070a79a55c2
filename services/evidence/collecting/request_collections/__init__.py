"""Request collections: what an auditor asks for is collected like anything else, and follows the request."""
