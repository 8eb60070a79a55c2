"""Controls: what we say we do, and whether it works.

Owns controls, their tests and health with its history, programmes, crosswalks between frameworks and what they let
controls cover. Listens to evidence: expectations defined, items accepted, expiring, expired, superseded. Announces
controls defined, approved, implemented, retired; failing, at risk, recovered; tests recorded.
"""
