"""Scoped definitions: the texts of the controls in scope that were in force in the time of an engagement.

What is tested is a text, not a control: one that took the place of another within the period is tested by itself.
"""
