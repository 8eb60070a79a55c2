"""What every service does the same way. No business rule lives here."""
