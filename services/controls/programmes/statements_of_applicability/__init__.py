"""Statements of Applicability: for each Annex A control whether it applies, why, and through which controls."""
