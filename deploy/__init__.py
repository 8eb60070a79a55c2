"""Everything that runs Attest: on one machine, in containers, on a cluster."""
