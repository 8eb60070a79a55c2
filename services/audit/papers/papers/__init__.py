"""Papers: one test of one definition of a control, from its plan to its result."""
