"""Vendors: who does something for the organisation, how much depends on it, and what their auditors report.

The tier of a vendor follows from facts by a rule that is shown. It says how often a vendor is reviewed, and what a
review has to look at.
"""
