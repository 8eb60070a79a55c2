"""Audit: what the auditor does, and concludes.

Owns engagements with their scope, candidates, and what the organisation plans and spends on them. Listens to controls:
defined, revised, approved, implemented, retired; failing, at risk, recovered, proven, unproven; occurrences missed,
recorded, withdrawn; historical records recorded, accepted, refused; programmes started, revised, completed, withdrawn.
Listens to risk: above appetite, back within it. Announces engagements planned, revised, moved; candidates raised, risk
noted, corrected, remediated, lapsed, responded to, evaluated; cost entries recorded, withdrawn.
"""
