"""Sample items: each is tested, replaced where the procedure does not apply to it, or could not be tested."""
