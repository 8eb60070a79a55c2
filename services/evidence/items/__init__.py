"""Pieces of evidence, from submission to the end of what they prove.

An item is submitted with the period it covers, and proves its expectations (`proofs`). Somebody who did not submit it
reviews it; accepted, it counts, supersedes what it renews, and is fresh, expiring and expired in turn (`freshness`). It
is corrected in versions. When an expectation changes or ends, what was accepted for it does too
(`expectation_changes`). Tags and a search find it.
"""
