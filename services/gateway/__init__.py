"""Gateway: who you are, and what the API is.

Owns organisations, audit firms with their licences and invitations, members, API clients, trusted issuers, signing
keys; issues access tokens and publishes the keys that verify them; serves the one contract. Listens to audit: team
members assigned, reassigned, released; their independence confirmed, withdrawn. Announces who may do what, from when to
when.
"""
