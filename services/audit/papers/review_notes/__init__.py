"""Review notes: what a reviewer asks of a paper. Each is answered, and cleared before the paper is reviewed."""
