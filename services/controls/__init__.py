"""Controls: what we say we do, and whether it works.

Owns frameworks in versions that never change, shipped or imported; controls, their definitions, occurrences, tests
and health with its history, waivers and issues; historical records of what was done outside Attest; policies with
their versions, reviews and acknowledgements; programmes and their upgrades, crosswalks between frameworks and what
they let controls cover. Listens to evidence (expectations defined, items accepted, expiring, expired, superseded), to
risk (risks identified, revised, rated; assets registered, revised, activated, retired), to audit (engagements
planned, revised, moved), to the gateway (members), to integrations (checks reported), and to its own failing controls
and tests, which bring issues back. Announces controls defined, approved, revised, implemented, retired; failing, at
risk, recovered; performed; historical records recorded, accepted, refused; tests recorded; checks and named
requirements linked to controls; framework versions imported; programmes upgraded and rolled back; waivers granted,
expiring, expired; issues opened, resolved, closed, reopened, overdue; policies published, due for review,
acknowledged.
"""
