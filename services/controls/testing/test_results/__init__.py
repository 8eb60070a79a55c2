"""Test results: what each test of a control came to, by hand or reported by a machine; none is overwritten."""
