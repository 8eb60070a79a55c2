"""Remediation: root cause and corrective action of an issue, the claim that it is done, the check that it works."""
