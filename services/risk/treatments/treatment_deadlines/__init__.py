"""Treatment deadlines: treatments and actions that are due in 30 or 7 days, or overdue, are announced once."""
