"""Controls: what we say we do, and whether it works.

Owns frameworks in versions that never change, shipped or imported; controls, their tests and health with its history,
programmes, crosswalks between frameworks and what they let controls cover. Listens to evidence: expectations defined,
items accepted, expiring, expired, superseded. Announces controls defined, approved, implemented, retired; failing, at
risk, recovered; tests recorded; framework versions imported.
"""
