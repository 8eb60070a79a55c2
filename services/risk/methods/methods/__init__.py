"""Methods: the method in force, set and replaced as a whole, and the presets it can begin with."""
