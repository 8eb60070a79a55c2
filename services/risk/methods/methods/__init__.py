"""Methods: how the organisation rates risk. Scales, a matrix of levels, and how much it accepts."""
