"""Audit: what the auditor does, and concludes.

Owns engagements with their scope, exceptions. Listens to controls: defined, revised, approved, implemented, retired;
failing, at risk, recovered, proven, unproven. Listens to risk: above appetite, back within it. Announces engagements
planned, revised, moved; exceptions opened, risk noted, corrected, remediated, withdrawn, responded to, evaluated.
"""
