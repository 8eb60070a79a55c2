"""Me: who a token speaks for, in which organisation, and what it permits."""
