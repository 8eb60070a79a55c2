"""Gaps: what keeps a programme from being ready, what closes most first. Computed, never stored."""
