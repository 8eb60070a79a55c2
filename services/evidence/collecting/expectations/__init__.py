"""Expectations: what a control needs as proof, and for how long that counts."""
