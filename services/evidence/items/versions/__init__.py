"""Versions: corrected evidence takes the place of what it corrects, which stays readable."""
