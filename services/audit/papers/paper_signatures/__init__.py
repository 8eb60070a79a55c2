"""Paper signatures: who did the work, who reviewed it, and what a paper needs before either signs."""
