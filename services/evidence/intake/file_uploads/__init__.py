"""File uploads: a whole file in one request, received, judged and kept. What never ends is cleared away."""
