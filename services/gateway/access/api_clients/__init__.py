"""API clients: programs that act in an organisation, with secrets that overlap while they are exchanged."""
