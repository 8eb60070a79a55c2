"""Activations: a previewed version of the method is put in force, and every risk is rated by it."""
