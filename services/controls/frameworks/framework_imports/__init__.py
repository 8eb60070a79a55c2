"""Framework imports and exports: an organisation's own versions come in as documents, and go out as the same."""
