"""Adopted mappings: a control, a requirement, and the crosswalk entry through which it was found to answer it."""
