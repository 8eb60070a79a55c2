"""Simulation: the functions that child processes run for loss simulations and treatment returns."""
