"""Percentiles: the beta and normal distributions without numpy, and the PERT that has given percentiles."""
