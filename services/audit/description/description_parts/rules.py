"""Which parts the description of an engagement has. Pure functions.

1. SOC 2: those of DC section 200, DC1 to DC9; significant changes (DC9) in a Type 2 only.
2. SOC 1: the same without numbers, since AT-C 320 numbers nothing. Its control objectives take the place of the
   criteria, and are written down with the controls. Service commitments (DC2) and criteria that are not relevant (DC8)
   are no parts of it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from services.audit.description.described_engagements.rules import OVER_A_PERIOD, SOC2
from services.audit.description.description_parts.models import DescriptionPart as P
from services.audit.engagements.engagements.models import EngagementKind
from shared.problems import Fault


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part, and the description criterion that asks for it."""

    criterion: str | None
    title: str


_SOC2 = {
    P.SERVICES: Heading("DC1", "Types of services provided"),
    P.COMMITMENTS: Heading("DC2", "Principal service commitments and system requirements"),
    P.BOUNDARIES: Heading("DC3", "Boundaries of the system"),
    P.INFRASTRUCTURE: Heading("DC3", "Components of the system: infrastructure"),
    P.SOFTWARE: Heading("DC3", "Components of the system: software"),
    P.PEOPLE: Heading("DC3", "Components of the system: people"),
    P.PROCEDURES: Heading("DC3", "Components of the system: procedures"),
    P.DATA: Heading("DC3", "Components of the system: data"),
    P.INCIDENTS: Heading("DC4", "System incidents"),
    P.CONTROLS: Heading("DC5", "Applicable trust services criteria and related controls"),
    P.USER_ENTITY_CONTROLS: Heading("DC6", "Complementary user entity controls"),
    P.SUBSERVICE_ORGANISATIONS: Heading("DC7", "Subservice organisations"),
    P.CRITERIA_NOT_RELEVANT: Heading("DC8", "Criteria that are not relevant, and why"),
    P.CHANGES: Heading("DC9", "Significant changes in the period"),
}
_SOC1 = {part: Heading(None, heading.title) for part, heading in _SOC2.items()} | {
    P.CONTROLS: Heading(None, "Control objectives and related controls")
}
_NOT_IN_SOC1 = frozenset({P.COMMITMENTS, P.CRITERIA_NOT_RELEVANT})
MAY_BE_NONE = frozenset(
    {P.INCIDENTS, P.USER_ENTITY_CONTROLS, P.SUBSERVICE_ORGANISATIONS, P.CRITERIA_NOT_RELEVANT, P.CHANGES}
)


def parts_of(kind: EngagementKind) -> dict[P, Heading]:
    """The parts of the description of such an engagement, in their order."""
    headings = _SOC2 if kind in SOC2 else _SOC1
    left_out = set() if kind in SOC2 else set(_NOT_IN_SOC1)
    if kind not in OVER_A_PERIOD:
        left_out.add(P.CHANGES)
    return {part: heading for part, heading in headings.items() if part not in left_out}


def has_to_be_written(kind: EngagementKind) -> set[P]:
    """The parts that consist of text. The text of the others introduces what is listed, and may be absent."""
    written = {P.SERVICES, P.BOUNDARIES, P.INFRASTRUCTURE, P.SOFTWARE, P.PEOPLE, P.PROCEDURES, P.DATA}
    return written if kind in SOC2 else written | {P.CONTROLS}


def faults_of(
    kind: EngagementKind, *, written: Collection[P], none_of: Collection[P], has_criteria: bool
) -> Iterator[Fault]:
    """What is said of parts that the description of such an engagement does not have, or that are never empty."""
    parts = parts_of(kind)
    for part in written:
        if part not in parts:
            yield Fault(f"/parts/{part}", f"not for {kind}")
    for place, part in enumerate(none_of):
        if part not in parts:
            yield Fault(f"/none_of/{place}", f"not for {kind}")
        elif part not in MAY_BE_NONE:
            yield Fault(f"/none_of/{place}", f"there are always {part} to describe")
    if has_criteria and P.CRITERIA_NOT_RELEVANT not in parts:
        yield Fault("/criteria_not_relevant", f"not for {kind}")
