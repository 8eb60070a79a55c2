"""Cost entries: amounts of the budget and actual amounts, for an engagement or a programme as a whole."""
