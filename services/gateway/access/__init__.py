"""What callers prove themselves with.

API clients have secrets; members come from trusted OpenID Connect issuers; both get tokens signed by keys that rotate.
An organisation always keeps an administrator who can sign in.
"""
