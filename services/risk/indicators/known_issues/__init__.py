"""Known issues: which deficiencies of controls are open, as the controls service announces it."""
