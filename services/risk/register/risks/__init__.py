"""Risks: what could happen, who answers for it, how it is treated, and which controls answer it."""
