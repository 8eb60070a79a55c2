"""Frames: the rows of a frozen population in the one form that is hashed, kept, drawn from and handed out."""
