"""Sample draws: a seed that is made only once the population is reliable selects the items; anybody can draw again."""
