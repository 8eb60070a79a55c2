"""Figures: what simulated losses say, in whole minor units. Runs in a child process."""
