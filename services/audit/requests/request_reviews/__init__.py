"""Request reviews: the firm accepts an answer, returns it, or decides what follows from something unavailable."""
