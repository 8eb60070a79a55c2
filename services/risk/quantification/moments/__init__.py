"""Moments: what follows from an estimate without simulation, and the plan that the simulation follows."""
