"""Controls: what we say we do, and whether it works.

Owns controls, their tests and health, frameworks, programmes, crosswalks between frameworks and what they let controls
cover, exceptions from controls, issues. Listens to evidence (expectations defined, items accepted, expiring, expired,
superseded) and to its own failing controls, which bring issues back. Announces controls defined, approved, implemented,
retired; failing, at risk, recovered; test results; exceptions granted, expiring, expired; issues opened, resolved,
closed, reopened, overdue.
"""
