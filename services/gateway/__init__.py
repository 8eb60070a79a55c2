"""Gateway: who you are, and what the API is.

Owns organisations, audit firms with their licences and invitations, members, API clients, trusted issuers, signing
keys; issues access tokens and publishes the keys that verify them; serves the one contract, and views over what all
services say. Listens to all services: teams of engagements and their scopes, and for its views whatever happens to a
thing. Announces who may do what, from when to when.
"""
