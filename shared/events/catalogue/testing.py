"""What the controls service announces of its tests."""

from enum import StrEnum


class Outcome(StrEnum):
    """What a test came to. Only pass and fail conclude it; the others clear no failure and prove nothing."""

    PASS = "pass"  # noqa: S105 - a result, and no password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"
    INCONCLUSIVE = "inconclusive"


class TestKind(StrEnum):
    """Whether a control would do what it should (design), or does it (operating)."""

    DESIGN = "design"
    OPERATING = "operating"
