"""Colours: contrast, lightness, and the ramp that levels of risk are shown in."""
