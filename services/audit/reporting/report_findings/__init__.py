"""Report findings: what the report of an ISO audit says was found, as it is on record."""
