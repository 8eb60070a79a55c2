"""Tokens: the OAuth 2.0 token endpoint, the keys that verify its tokens, and where to find both."""
