"""System incidents: those that came from ineffective controls, or in which commitments were not met."""
