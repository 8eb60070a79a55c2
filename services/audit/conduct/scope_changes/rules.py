"""What may change of an engagement whose fieldwork has begun. Pure functions."""

from collections.abc import Mapping
from typing import Any

from services.audit.engagements.engagements.models import EngagementKind, EngagementPhase
from services.audit.engagements.engagements.rules import AS_OF_A_DATE

CHANGED_IN = frozenset({EngagementPhase.FIELDWORK, EngagementPhase.EVALUATION, EngagementPhase.REPORTING})
_TYPES = (
    frozenset({EngagementKind.SOC2_TYPE1, EngagementKind.SOC2_TYPE2}),
    frozenset({EngagementKind.SOC1_TYPE1, EngagementKind.SOC1_TYPE2}),
)
_TIME = frozenset({"kind", "as_of_date", "period_start", "period_end"})


def is_other_type(before: EngagementKind, after: EngagementKind) -> bool:
    """Whether one is the other type of the same examination."""
    return any({before, after} <= types for types in _TYPES)


def completed(given: Mapping[str, Any], kind: EngagementKind) -> dict[str, Any]:
    """What is given, and the dates that a kind does not have, emptied where the kind is given."""
    if "kind" not in given:
        return dict(given)
    emptied = ("period_start", "period_end") if kind in AS_OF_A_DATE else ("as_of_date",)
    return {**given, **{name: given.get(name) for name in emptied}}


def is_another_time(changed: Mapping[str, Any]) -> bool:
    """Whether what the papers tested is another time than the engagement speaks of now."""
    return bool(_TIME & changed.keys())
