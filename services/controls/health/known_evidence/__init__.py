"""Known evidence: what the evidence service expects of controls, and what was accepted, as its events tell."""
