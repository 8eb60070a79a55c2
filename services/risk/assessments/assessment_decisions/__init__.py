"""Assessment decisions: submitted, approved or returned by people who rated nothing, and applied to the register."""
