"""Population hints: what the rows of a file show that whoever judges its completeness and accuracy wants to know."""
