"""Reasons: why a control's health is what it is, and what missed occurrences say of it."""
