"""Pieces of evidence.

An item is submitted with the period it covers, corrected in versions, accepted or returned by a reviewer who did not
submit it; structured records follow a schema. Freshness says how long it proves something. Tags and a search find it.
"""
