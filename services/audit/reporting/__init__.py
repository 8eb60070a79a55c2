"""Reporting: what the auditing party reports, from the first draft to whoever has the issued report.

The auditing party drafts a report of its engagement; its content is put together from the approved description, the
recorded assertion and what the party concludes. It is rendered as PDF, DOCX, HTML and JSON, shown to management for
review, approved by the engagement partner as read, and issued with its digest and a signature. Each download is on
record. Anybody can ask whether a PDF was issued, and still stands. Between two reports management may sign a bridge
letter, which is its own.
"""
