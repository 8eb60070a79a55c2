"""Draws: which items of a frozen population a seed selects, by `attest-draw-1`, the same everywhere."""
