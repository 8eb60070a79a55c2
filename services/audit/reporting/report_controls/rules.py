"""What Section IV says of the controls of the description. Pure functions.

The text is that of the definition in force at the end of the time, with those before it. The tests are those of papers
that another person than the preparer has reviewed; nothing else is printed as a test.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

from services.audit.description.description_contents.schemas import PinnedControl
from services.audit.engagements.engagements.rules import Span
from services.audit.engagements.known_definitions.models import KnownDefinition
from services.audit.papers.deviations.models import Deviation
from services.audit.papers.papers.models import OperationResult, Paper
from services.audit.wording.contents import (
    ControlTest,
    NoDeviations,
    NoOccurrence,
    NotTested,
    ReportedControl,
    ReportedDeviations,
    ReportedProcedure,
    Result,
)
from services.audit.wording.phrases import day_of


@dataclass(frozen=True, slots=True)
class Tested:
    """A reviewed paper with the deviations that stand, and of how many items its sample was tested."""

    paper: Paper
    deviations: Sequence[Deviation]
    items: int | None


def in_force(definitions: Sequence[KnownDefinition], span: Span) -> list[KnownDefinition]:
    """The definitions of one control that were in force within the time, oldest first."""
    ordered = sorted(definitions, key=lambda each: (each.number, each.effective_from or span.end))
    found = []
    for place, definition in enumerate(ordered):
        begins = definition.begun_earlier or definition.effective_from
        following = ordered[place + 1].effective_from if place + 1 < len(ordered) else None
        if begins is not None and begins < span.end and (following is None or following > span.start):
            found.append(definition)
    return found


def reported_controls(
    described: Sequence[PinnedControl],
    definitions: Mapping[UUID, Sequence[KnownDefinition]],
    tested: Sequence[Tested],
    *,
    criteria: Sequence[str],
) -> list[ReportedControl]:
    """Every control of the description; `definitions` are those in force, by control."""
    return [
        ReportedControl(
            code=control.code,
            text=_text(control, definitions.get(control.id, ())),
            criteria=_answered(definitions.get(control.id, ()), criteria),
            tests=[test for each in tested if each.paper.control_id == control.id for test in _tests(each)],
        )
        for control in described
    ]


def _text(control: PinnedControl, definitions: Sequence[KnownDefinition]) -> str:
    if not definitions:
        return control.title
    *before, newest = definitions
    texts = [newest.statement or newest.title]
    following = newest
    for definition in reversed(before):
        until = following.effective_from
        assert until, "a definition that another followed has an end"
        texts.append(f"Until {day_of(until.astimezone(UTC).date())}: {definition.statement or definition.title}")
        following = definition
    return "\n\n".join(texts)


def _answered(definitions: Sequence[KnownDefinition], criteria: Sequence[str]) -> list[str]:
    """The criteria of the report that the definitions answer, which they name with their framework."""
    refs = {each.partition(":")[2] or each for definition in definitions for each in definition.requirements or ()}
    return [code for code in criteria if code in refs]


def _tests(tested: Tested) -> Iterator[ControlTest]:
    procedures = [ReportedProcedure(kind=each["kind"], text=each["text"]) for each in tested.paper.procedures]
    for result in _results(tested):
        yield ControlTest(procedures=procedures, result=result)


def _results(tested: Tested) -> Iterator[Result]:
    result = tested.paper.result or {}
    reason = result.get("reason") or (tested.paper.extent or {}).get("reason") or "No reason is recorded."
    match result.get("operation"):
        case OperationResult.NO_OCCURRENCE:
            yield NoOccurrence(circumstance=reason)
        case OperationResult.NOT_TESTED:
            yield NotTested(reason=reason)
        case _ if tested.deviations:
            yield from (_deviation(each, tested.items) for each in tested.deviations)
        case OperationResult.OPERATED_EFFECTIVELY:
            yield NoDeviations()
        case _:
            yield ReportedDeviations(nature=reason)


def _deviation(deviation: Deviation, items: int | None) -> ReportedDeviations:
    cause = (deviation.analysis or {}).get("cause")
    count = len(deviation.sample_item_ids)
    if not count or not items:
        return ReportedDeviations(nature=deviation.nature, cause=cause)
    return ReportedDeviations(tested=items, deviating=count, nature=deviation.nature, cause=cause)
