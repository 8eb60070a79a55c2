"""Indicator definitions: indicators as they are defined and revised, and counted if they are computed."""
