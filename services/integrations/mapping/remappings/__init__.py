"""Remappings: what was delivered in a period is mapped again by the rules in force, as a job."""
