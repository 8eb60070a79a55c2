"""Whether each control is healthy, at risk, failing or unknown, with the reasons and their history.

Health follows from tests, evidence, exceptions and issues by one pure rule, and is
calculated again whenever one of them changes.
"""
