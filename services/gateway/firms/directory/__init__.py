"""The directory: firms with the licences they hold, as every organisation finds those that are listed."""
