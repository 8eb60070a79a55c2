"""Engagement files: what the firm keeps of an engagement that is completed, for how long, and its disposal."""
