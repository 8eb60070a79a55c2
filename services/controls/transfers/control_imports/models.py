from enum import StrEnum


class Existing(StrEnum):
    """What an import does with a control whose code the organisation has already."""

    REVISE = "revise"
    SKIP = "skip"
    REFUSE = "refuse"
