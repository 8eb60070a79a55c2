"""Trackers: which events of work items and of issues are which facts."""
