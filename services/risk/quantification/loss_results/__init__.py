"""Loss results: what a simulation found for one scenario, with the estimate it was of."""
