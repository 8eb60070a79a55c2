"""Complementary controls: what a vendor's report asks of us (CUEC), and which control of ours answers it."""
