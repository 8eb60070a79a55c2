"""Deviations: instances in which a control did not work as described, as the firm found them.

Each comes from items of a sample, from a paper without a sample, or from a candidate that the firm confirmed. A retest
clears none: what was remediated is tested by itself, from its own day on.
"""
