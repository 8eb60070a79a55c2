"""What can be wrong with a document that is to be printed."""

from shared.problems import Invalid


class CannotBePrinted(Invalid):
    """The document has text that cannot be printed."""
