"""Proposals: an engagement that a client proposes to a firm, which accepts or declines it. All stay on record."""
