"""Bundles: accepted evidence of some controls in a period as one signed archive, which anyone can verify offline."""
