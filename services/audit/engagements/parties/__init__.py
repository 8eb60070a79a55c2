"""Parties: how the client and the auditing party of an engagement act on each other's rows."""
