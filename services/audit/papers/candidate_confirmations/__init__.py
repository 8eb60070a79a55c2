"""Candidate confirmations: what the client's own monitoring found and the firm takes for a deviation."""
