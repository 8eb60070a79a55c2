"""Calendar feeds: due dates in any calendar program, at an address that is a secret and can be revoked."""
