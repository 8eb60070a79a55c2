"""Missed occurrences: due days on which a control was not performed within the tolerance, announced once each."""
