"""Engagement documents: the letters, assertions and reviews that an engagement needs, with their dates and signatures.

Each party records its own: management its assertion and its representations, the auditing party its inquiry into
subsequent events and its quality review; the engagement letter both, each the copy that it signed.
"""
