"""Archives: a bundle as a signed ZIP, written while it is downloaded."""
