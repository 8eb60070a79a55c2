"""Engagements and what is examined in them.

What the other services announce of controls and risks are the facts. An engagement is for a programme of the client,
which proposes it to an auditing party: an audit firm, or a team of its own. That party has a team for it, and conducts
it with a scope that is frozen when fieldwork begins. An examination holds the failures of
controls against the engagements that have them in scope, before each commit that touched a control, and opens or
remediates candidates. Management answers a candidate, and the auditing
party confirms or dismisses it.
"""
