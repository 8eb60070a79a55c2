"""Dependencies: what an asset rests on, or what rests on it, over any number of steps up to a limit."""
