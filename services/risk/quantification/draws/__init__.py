"""Draws: random streams, and values drawn from distributions. Runs in a child process."""
