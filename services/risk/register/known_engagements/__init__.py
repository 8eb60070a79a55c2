"""Known engagements: whose auditing party reads the risks that controls in their scope answer, and of which assets."""
