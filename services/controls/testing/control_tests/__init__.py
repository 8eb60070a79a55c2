"""Control tests: what people plan to test, perform by a procedure, and have signed off by someone else."""
