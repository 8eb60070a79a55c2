"""Collections: one occurrence of an expectation each, opened by the clock, answered with evidence."""
