"""Steps: how far a programme is on the way that its standard lays out. Derived from what is there, never ticked."""
