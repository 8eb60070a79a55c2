"""Mapping versions: an organisation's own rules for a kind of sender, tried on deliveries, then put in force."""
