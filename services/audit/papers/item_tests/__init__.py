"""Item tests: what each attribute of an item of a sample came to, with tick marks and the evidence for it."""
