"""Monitors: which alerts and findings are which facts."""
