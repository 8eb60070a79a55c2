"""Assessments: people rate the risks of a scope together, as these stood when the assessment started.

The scope, with the ratings, the method and the health of the controls, is frozen at the start. Participants rate each
risk and say why; who disagrees makes it disputed, and another person resolves that. What is submitted is approved by
people who rated nothing, and is applied to the register in one transaction. What moved meanwhile is shown, never taken
silently.
"""
