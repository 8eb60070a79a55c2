"""Subservice organisations: vendors whose controls are necessary, together with ours, to meet the criteria."""
