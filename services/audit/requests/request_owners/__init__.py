"""Request owners: who of the client answers for a request; the firm sees their name."""
