"""Imports of history: what was done outside Attest, from a sheet of rows, all of them recorded or none."""
