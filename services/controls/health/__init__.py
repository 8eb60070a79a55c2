"""Whether each control is healthy, at risk, failing or unknown, with the reasons and their history.

Health follows from tests, evidence, missed occurrences and issues by one pure rule. What changes one of
these touches its control, and the health of all controls that a transaction touched is found once, before it commits.
A sweep looks again when something runs out by the clock.
"""
