"""Known findings: what auditors have communicated and not withdrawn, as the audit service announces it."""
