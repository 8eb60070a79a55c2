"""Known collections: which requests for evidence are open and overdue, as the evidence service announces it."""
