"""Bench: what Attest costs over the limit of its stack, measured side by side in one run (`make bench`)."""
