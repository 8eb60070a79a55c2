"""Deviation limits: how high the deviation rate of a population may be, from what a sample of it showed."""
