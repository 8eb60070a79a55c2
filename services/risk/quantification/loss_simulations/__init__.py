"""Loss simulations: many simulated years of one or more loss scenarios, as a portfolio."""
