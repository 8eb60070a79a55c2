"""Links: a file for whoever holds the address, for some minutes, each use on the record."""
