"""Reported results: single results of result files, by resource."""
