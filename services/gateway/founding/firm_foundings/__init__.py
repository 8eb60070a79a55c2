"""Firm foundings: an audit firm founds its organisation with the secret of an invitation, which works once."""
