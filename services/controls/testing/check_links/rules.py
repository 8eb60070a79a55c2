"""Which reported check a link is about, and what result it becomes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from shared.events.catalogue.facts import CheckReported
from shared.events.catalogue.testing import Outcome
from shared.problems import Fault, Invalid

_LONGEST = 200  # characters of a source, run or check of a result
_DIGEST = 12


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link says."""

    id: UUID
    control_id: UUID
    source_id: UUID | None
    source: str | None
    tool: str | None
    check: str
    valid_days: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """A check that was reported: the id of the fact, and what it says."""

    fact_id: UUID
    event: CheckReported


def is_about(link: Linked, event: CheckReported) -> bool:
    """Whether the link is about this check. A file never speaks for a registered source, whatever name it gives.

    What ran for a fork or another branch is no evidence, and no test.
    """
    return link.check == event.thing and comes_from(event, link.source_id, link.source, link.tool)


def comes_from(event: CheckReported, source_id: UUID | None, source: str | None, tool: str | None) -> bool:
    """Whether a source reported it by this tool, and whether it may prove something."""
    if event.evidence is False or tool not in {None, event.tool}:
        return False
    if source_id is not None:
        return source_id == event.source_id
    return event.source_id is None and source == event.source


def names_one_source(source_id: UUID | None, source: str | None) -> None:
    """`Invalid` unless a link names a registered source, or one that result files are sent under."""
    if (source_id is None) == (source is None):
        detail = "either source_id or source is needed, and not both"
        raise Invalid("A link names one source.", faults=[Fault("/source_id", detail), Fault("/source", detail)])


def result_of(link: Linked, report: Report) -> Mapping[str, Any] | None:
    """The result that a reported check is for the control of a link; None for a state that is no outcome.

    The run is named with the fact, which is told once: a run that is repeated may come to something else.
    """
    event = report.event
    if event.state not in set(Outcome):
        return None
    return {
        "control": str(link.control_id),
        "source": shortened(event.source),
        "run_id": shortened(f"{event.run or event.source} #{report.fact_id.hex[-_DIGEST:]}"),
        "check": shortened(event.thing),
        "outcome": event.state,
        "observed_at": event.observed_at,
        "next_due_at": _due(event.observed_at, link.valid_days),
    }


def shortened(text: str) -> str:
    """A text that fits, told apart by a digest where it had to be cut."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST - _DIGEST - 2]} #{sha256(text.encode()).hexdigest()[:_DIGEST]}"


def _due(observed_at: datetime, days: int | None) -> datetime | None:
    return None if days is None else observed_at + timedelta(days=days)
