"""Integrations: what other systems tell Attest by webhook.

Owns sources with their secrets: the systems that report to the organisation by webhook; what they deliver, and the
facts in it. Announces sources registered, revised, retired; their secrets issued and revoked; checks, tickets,
vulnerabilities and people of other systems as they report them. Listens to the directory.
"""
