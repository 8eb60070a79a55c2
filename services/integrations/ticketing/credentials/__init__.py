"""Credentials: what a connection proves itself with in the system of tickets, encrypted and never shown."""
