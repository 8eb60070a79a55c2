"""Bridge letters: what management, and never the auditing party, states of the days after its last report."""
