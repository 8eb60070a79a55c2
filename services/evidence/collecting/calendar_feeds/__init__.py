"""Calendar feeds: what is to be collected, in the calendar of whoever collects it."""
