"""Tested engagements: that whoever tests is on the team, and that the engagement is at this work."""
