"""Known team members: who is on the team of which engagement, as the audit service announces it."""
