"""Engagements and what is examined in them.

What the other services announce of controls and risks are the facts. An engagement is for a programme of the client,
and goes through its phases with a scope that is frozen when fieldwork begins. An examination holds the failures of
controls against the engagements that have them in scope, before each commit that touched a control, and opens or
remediates candidates. Management answers a candidate, and the auditor evaluates it.
"""
