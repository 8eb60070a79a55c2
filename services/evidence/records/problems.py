"""What may be wrong with a record or its schema."""

from shared.problems import Invalid


class RecordSchemaUnusable(Invalid):
    """The document cannot be used as a record schema."""
