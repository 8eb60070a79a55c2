"""Significant changes: changes of the system and its controls in the period of a Type 2 engagement."""
