"""Losses: the simulated loss of each year of a scenario. Runs in a child process."""
