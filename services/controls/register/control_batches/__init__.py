"""Control batches: many controls approved, implemented, retired or reassigned at once, each answered by itself."""
