"""Readiness: how far a programme is, requirement by requirement, with the reasons in words. Computed, never stored."""
