"""Drifts: what moved in the register since the scope of an assessment was frozen."""
