"""Treatment decisions: the owner of the risk approves a treatment, and above their authority whom the ladder names."""
