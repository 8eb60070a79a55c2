"""Treatments: plans of what is done about a risk, by when and by whom, and how far each one is."""
