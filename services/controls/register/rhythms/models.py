from enum import StrEnum


class ControlFrequency(StrEnum):
    """How often it is performed; sample sizes follow from it."""

    CONTINUOUS = "continuous"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"
    AD_HOC = "ad_hoc"
