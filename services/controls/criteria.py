"""The Trust Services Criteria (TSP section 100, 2017, points of focus revised 2022): ids, and titles of our own.

61 criteria in five categories; the common criteria (CC) are the security category, which is in every SOC 2.
"""

import json
from enum import StrEnum
from pathlib import Path


class Category(StrEnum):
    """The Trust Services Categories."""

    SECURITY = "security"
    AVAILABILITY = "availability"
    CONFIDENTIALITY = "confidentiality"
    PROCESSING_INTEGRITY = "processing_integrity"
    PRIVACY = "privacy"


_SHIPPED = json.loads((Path(__file__).parent / "tsc_2017_rev2022.json").read_text(encoding="utf-8"))

CRITERIA_OF: dict[Category, tuple[str, ...]] = {
    category: tuple(each["id"] for each in _SHIPPED["criteria"] if each["category"] == category)
    for category in Category
}
_KNOWN = frozenset(criterion for criteria in CRITERIA_OF.values() for criterion in criteria)


def known_criteria(criteria: list[str]) -> list[str]:
    """The criteria without repetition; ValueError names what is not one (P1.0 is a heading, CC8.2 does not exist)."""
    if unknown := sorted(set(criteria) - _KNOWN):
        raise ValueError(f"not criteria of the 2017 Trust Services Criteria: {', '.join(unknown)}")
    return list(dict.fromkeys(criteria))


def with_security(categories: list[Category]) -> list[Category]:
    """The categories in the order of the criteria; ValueError without security, which no SOC 2 leaves out."""
    if Category.SECURITY not in categories:
        raise ValueError("security is in every SOC 2")
    return [category for category in Category if category in categories]
