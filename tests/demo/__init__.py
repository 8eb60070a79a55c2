"""`make demo`: the story, told step by step with its milliseconds."""
