"""Work on tickets: what is due, leased by one worker at a time, and what came of it."""
