"""How the organisation rates: scales, matrix and appetite, in versions."""
