"""How a Statement of Applicability is written (ISO/IEC 27001, 6.1.3 d). Pure functions.

One line for each control of Annex A, in its order:
1. It is applicable unless a decision in force says that it is not relevant: that was approved by another person.
2. Why it is included is what the decision on it says, and otherwise the reason that the statement gives for all.
3. A control answers all of it when its own text names it, or by an adopted mapping whose relation is equal or covering,
   and otherwise a part.
4. It is implemented when every control that answers all of it is in operation, and there is one; partly when some of
   these are, or some that answer a part; planned when none is yet; and not implemented when no control answers it.
   Parts are not added up. Retired controls are not there.
5. What is excluded says why, and nothing of controls.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.controls.frameworks.crosswalks.models import COVERING
from services.controls.programmes.scope_decisions.models import Ground
from services.controls.programmes.statements_of_applicability.models import ImplementationStatus
from services.controls.programmes.statements_of_applicability.schemas import ApprovedLine, Line, LineControl
from services.controls.register.controls.models import ControlStatus
from shared.tables.csv_writing import csv_lines

ANNEX_A = "annex_a_control"

_NAMED = 200
_COLUMNS = (
    "control",
    "title",
    "applicable",
    "included because",
    "grounds",
    "risks",
    "implementation",
    "through controls",
    "excluded because",
    "approved by",
)


@dataclass(frozen=True, slots=True)
class Reasoned:
    """A decision in force on an Annex A control."""

    relevant: bool
    reason: str
    grounds: Sequence[str] = ()
    risks: Sequence[str] = ()


def line(
    ref: str, title: str, decision: Reasoned | None, controls: Sequence[LineControl], inclusion_reason: str
) -> Line:
    """What the statement says of one Annex A control."""
    if decision is not None and not decision.relevant:
        return Line(
            ref=ref,
            title=title,
            applicable=False,
            included_because=None,
            grounds=[],
            risks=[],
            implementation=None,
            controls=[],
            control_count=0,
            excluded_because=decision.reason,
        )
    return Line(
        ref=ref,
        title=title,
        applicable=True,
        included_because=inclusion_reason if decision is None else decision.reason,
        grounds=[] if decision is None else [Ground(ground) for ground in decision.grounds],
        risks=[] if decision is None else list(decision.risks),
        implementation=implementation(controls),
        controls=sorted(controls, key=lambda control: control.code)[:_NAMED],
        control_count=len(controls),
        excluded_because=None,
    )


def implementation(controls: Sequence[LineControl]) -> ImplementationStatus:
    """How far an Annex A control is implemented by the controls that answer it."""
    if not controls:
        return ImplementationStatus.NOT_IMPLEMENTED
    whole = [control for control in controls if control.relation is None or control.relation in COVERING]
    if whole and all(control.status == ControlStatus.IMPLEMENTED for control in whole):
        return ImplementationStatus.IMPLEMENTED
    some = any(control.status == ControlStatus.IMPLEMENTED for control in controls)
    return ImplementationStatus.PARTLY if some else ImplementationStatus.PLANNED


def as_csv(lines: Sequence[ApprovedLine]) -> str:
    """The lines as RFC 4180 text with a heading."""
    return csv_lines([_COLUMNS, *(_cells(entry) for entry in lines)])


def _cells(line: ApprovedLine) -> tuple[str, ...]:
    return (
        line.ref,
        line.title,
        "yes" if line.applicable else "no",
        line.included_because or "",
        " ".join(line.grounds),
        " ".join(line.risks),
        line.implementation or "",
        "; ".join(_through(control) for control in line.controls),
        line.excluded_because or "",
        line.approver.label if line.approver else "",
    )


def _through(control: LineControl) -> str:
    return control.code if control.relation is None else f"{control.code} ({control.relation} via {control.via})"
