"""Risk treatments: how a risk is treated now, which follows from its acceptance, its treatments and its controls."""
