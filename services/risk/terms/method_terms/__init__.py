"""Method terms: scales, a matrix of levels, limits, what controls are credited, and who may accept a risk."""
