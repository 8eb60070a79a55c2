"""The method by which the organisation rates its risks.

It is set once, from a preset or in full, and replaced whole. Every risk is rated by the new one in the same
transaction, and no risk may be rated by steps that the new scales do not have.
"""
