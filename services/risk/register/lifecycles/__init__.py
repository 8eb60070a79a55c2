"""Lifecycles: the owner of a risk agrees to answer for it; a risk is closed for a reason, and may be opened again."""
