"""Issuing: how a report that was drafted becomes one that is issued.

The engagement partner approves the content that was read, once everything before the issue is there, and issues the PDF
of it, signed in the firm's name; with the report of its kind the engagement is issued, too. Afterwards a report may be
superseded by a revised one, or withdrawn.
"""
