"""How callers prove who they are.

API clients have secrets, members come from trusted issuers of OpenID Connect. Both get tokens,
signed by keys that rotate.
"""
