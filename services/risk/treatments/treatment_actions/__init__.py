"""Treatment actions: the steps of a treatment, each with its owner, due day and cost, verified by another person."""
