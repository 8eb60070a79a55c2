from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.programmes.period_readiness.schemas import PeriodGap
from services.controls.register.controls.schemas import NamedControl
from shared.events.catalogue.controls import ReasonCode


class GapOut(BaseModel):
    """One thing that can be done about it."""

    lack: ReasonCode
    what: str = Field(examples=["Test the operation of AC-01."], description="What closes it, in words")
    control: NamedControl | None = Field(description="Null where no control answers the requirement, or none all of it")
    expectation: str | None = Field(description="The title of what evidence is expected, where it is missing")
    not_expected: list[ReasonCode] = Field(
        description="Where no test has shown that the control operates: that no evidence is expected of it either"
        " (`no_evidence_expected`), and that it has no due days (`no_occurrence_expected`)"
    )
    waived_until: datetime | None = Field(
        description="Until when the control is waived, if it is: the gap stays, and nobody need be reminded before"
    )
    closes: list[str] = Field(
        examples=[["CC6.1", "CC6.2"]], description="Requirements that lack nothing else: ready once it is closed"
    )
    concerns: list[str] = Field(description="All requirements that it keeps from being ready")


class DatedGap(PeriodGap):
    """Days of the period on which a control is not shown to have worked, once for all requirements."""

    concerns: list[str] = Field(
        examples=[["CC6.1", "CC6.2"]],
        description="The requirements at which it is a gap: not those at which a compensating control counts on all"
        " of its days",
    )


class PeriodGaps(BaseModel):
    """The gaps of the period that nothing closed, by their first day, then by the control's code.

    What was done later mends none of them: they are for the report to tell, and for the auditor to evaluate.
    """

    period_start: date
    period_end: date
    total: int = Field(description="How many there are; more than are listed, when the limit is lower")
    gaps: list[DatedGap]


class GapsOut(BaseModel):
    """What closes most comes first.

    The order: by how many requirements it closes; then by how many it concerns; then in the order in which things are
    usually put right, from a control that is missing to evidence that is; then by code.
    """

    programme_id: UUID
    as_of: datetime
    total: int = Field(description="How many gaps there are; more than are listed, when the limit is lower")
    gaps: list[GapOut]
    period: PeriodGaps | None = Field(description="Null where the programme has no period")
