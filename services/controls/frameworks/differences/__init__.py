"""Differences: what another version of a framework adds, removes and changes, requirement by requirement."""
