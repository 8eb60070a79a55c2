"""Requirement links: what a source reports tests the controls that answer the requirements it names."""
