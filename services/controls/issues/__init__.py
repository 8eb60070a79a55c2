"""Deficiencies and what is done about them.

An issue is opened by a person, a failed test or a recurrence; the policy gives it a due date by severity. Remediation
takes it through root cause and corrective action to an effectiveness check by another person. A failure that comes
back reopens its issue as a regression.
"""
