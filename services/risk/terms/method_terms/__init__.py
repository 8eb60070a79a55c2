"""Method terms: scales, a matrix of levels, and how much risk the organisation accepts."""
