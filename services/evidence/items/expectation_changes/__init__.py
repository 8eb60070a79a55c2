"""Changes of expectations: what was accepted for one counts by its new days, or no longer once it is withdrawn."""
