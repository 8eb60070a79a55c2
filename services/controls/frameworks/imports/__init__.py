"""Imports: versions of an organisation's own frameworks come in as documents, and go out as the same."""
