"""Nonconformities: requirements that an ISO audit found not to be fulfilled, with their grades, from raised to closed.

The auditee sees each from when it is raised, and answers it: it acknowledges, plans a correction and corrective action
from the cause, and shows what was done. The auditing party accepts the plan, verifies the action and closes.
"""
