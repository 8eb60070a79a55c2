"""Tags: words of the organisation's own by which evidence is found; they say nothing of what it proves."""
