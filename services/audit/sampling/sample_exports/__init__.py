"""Sample exports: what a sample was drawn from and how, so that anybody can draw it again without Attest."""
