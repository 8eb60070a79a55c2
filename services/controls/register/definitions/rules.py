"""What a definition says, how two of them differ, and from when one may be in force. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from services.controls.register.definitions.models import Definition
from services.controls.register.definitions.schemas import DefinitionChange, DefinitionChanges
from shared.problems import Fault

# What is approved; who answers for the control is not, and may change any day.
TEXT = ("title", "statement", "kind", "nature", "frequency", "recurrence", "requirements")

FARTHEST = timedelta(days=2 * 366)


def text_of(row: Any) -> dict[str, Any]:
    """The approved part of a control or of one of its definitions."""
    return {name: getattr(row, name) for name in TEXT}


def differing(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """The names of what is not the same, in the order of the text; all of it where there was none before."""
    return [name for name in TEXT if before is None or before[name] != after[name]]


def faults_of_effect(
    effective_from: datetime, *, last: datetime | None, earliest: datetime, at: datetime
) -> list[Fault]:
    """Why a text approved `at` cannot be in force from then on; `last` is from when the one before it has been.

    Definitions are in force one after the other. None is in force before `earliest`, when it was approved: that it was
    approved outside Attest on an earlier day is told by a historical record, which somebody else accepts.
    """
    faults = []
    if last is not None and effective_from <= last:
        faults.append(Fault("/effective_from", f"The previous definition takes effect on {last.isoformat()}."))
    if effective_from > at + FARTHEST:
        faults.append(Fault("/effective_from", "The date is more than two years ahead."))
    if effective_from < earliest:
        detail = "The date is before the approval: what was approved outside Attest is told as a historical record."
        faults.append(Fault("/effective_from", detail))
    return faults


def changes_between(before: Definition | None, after: Definition) -> DefinitionChanges:
    """What `after` says differently from `before`; all of it where there is none before."""
    said, says = text_of(before) if before else None, text_of(after)
    had = before.requirements if before else []
    return DefinitionChanges(
        control_id=after.control_id,
        since=before.number if before else None,
        number=after.number,
        changes=[
            DefinitionChange(field=name, before=said[name] if said else None, after=says[name])
            for name in differing(said, says)
        ],
        requirements_added=[requirement for requirement in after.requirements if requirement not in had],
        requirements_removed=[requirement for requirement in had if requirement not in after.requirements],
    )
