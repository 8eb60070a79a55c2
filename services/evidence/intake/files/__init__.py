"""Files: bytes uploaded as evidence, stored once an organisation, known by their SHA-256."""
