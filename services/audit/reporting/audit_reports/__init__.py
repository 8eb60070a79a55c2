"""Audit reports: drafted by the auditing party, reviewed by management, approved as read, and issued."""
