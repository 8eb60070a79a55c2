"""Accepted evidence of some controls in a period as one signed archive that is verified offline."""
