"""Historical records: what was done outside Attest on an earlier day, told afterwards and accepted by someone else."""
