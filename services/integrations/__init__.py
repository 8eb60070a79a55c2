"""Integrations: what other systems tell Attest by webhook and in files of results, and what Attest tells them.

Owns sources with their secrets: the systems that report to the organisation by webhook; what they deliver, the
organisation's own versions of the rules for it, and the facts in it; result files and what is in them; findings of
vulnerabilities, and by when they are to be fixed. Owns endpoints with their secrets: the addresses that webhooks are
delivered to; and what was delivered. Owns connections to systems of tickets, and the tickets in them. Announces
sources registered, revised, retired; their secrets issued and revoked; versions of rules drafted, tried, put in
force; result files received; vulnerabilities found, back, fixed, dismissed, overdue; checks, tickets, vulnerabilities
and people of other systems as they report them; endpoints registered, tested, activated, failing, disabled, retired;
connections to systems of tickets likewise, and what becomes of the tickets in them. Listens to every event there is.
"""
