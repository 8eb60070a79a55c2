"""Assessment comparisons: which risks entered, left, rose or fell since another assessment."""
