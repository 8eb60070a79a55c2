from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.views.lags.schemas import LagOut


class ControlNumbers(BaseModel):
    """Controls that are not retired. Health is that of those which are in operation."""

    total: int
    in_operation: int
    healthy: int
    at_risk: int
    failing: int
    unknown: int = Field(description="In operation, and nothing shows how they are")


class EvidenceNumbers(BaseModel):
    """Accepted evidence by how fresh it is, and what is still to come."""

    fresh: int
    expiring: int
    expired: int
    in_review: int
    collections_open: int
    collections_overdue: int
    submitted: int = Field(description="All that was ever submitted")
    submitted_by_programs: int = Field(description="Of these, what came without hands")


class TestNumbers(BaseModel):
    """Results that said something new, by their outcome; what a monitor finds again is no news."""

    passed: int
    failed: int
    undecided: int
    recorded: int
    recorded_by_programs: int = Field(description="Of these, what came without hands")
    planned: int
    overdue: int


class LevelNumber(BaseModel):
    """How many open risks have this current level, in the words of the method."""

    level: str
    risks: int


class RiskNumbers(BaseModel):
    """Risks that are not closed. A risk above tolerance is above appetite as well, and is counted at the highest."""

    open: int
    unrated: int
    within_appetite: int
    above_appetite: int
    above_tolerance: int
    above_capacity: int
    levels: list[LevelNumber]


class AcceptanceNumbers(BaseModel):
    in_force: int
    stale: int
    awaiting_decision: int


class IssueNumbers(BaseModel):
    open: int
    overdue: int
    critical: int
    high: int
    medium: int
    low: int


class FindingNumbers(BaseModel):
    """What auditors told, and the failures that they will evaluate."""

    open: int
    candidates_undecided: int


class RequestNumbers(BaseModel):
    open: int
    overdue: int
    submitted: int
    accepted: int


class Numbers(BaseModel):
    """The numbers; a block is null for who may not read what it counts."""

    controls: ControlNumbers | None = None
    evidence: EvidenceNumbers | None = None
    tests: TestNumbers | None = None
    risks: RiskNumbers | None = None
    acceptances: AcceptanceNumbers | None = None
    issues: IssueNumbers | None = None
    findings: FindingNumbers | None = None
    requests: RequestNumbers | None = None


class PostureDayOut(BaseModel):
    """The numbers as they last stood on a day (UTC). A day on which nothing happened is left out: it is as the last."""

    day: date
    numbers: Numbers


class ProgrammeUnderWay(BaseModel):
    """A programme that is under way. `readiness` is where it is worked out, criterion by criterion."""

    id: UUID
    title: str
    report_type: str | None = Field(examples=["type2"])
    status: str | None
    period_start: date | None
    period_end: date | None
    as_of_date: date | None
    engagements: list[str] = Field(description="The phases of its engagements", examples=[["fieldwork"]])
    readiness: str = Field(examples=["/v1/programmes/0192f3d0-7a3b-7c52-9d2e-6f1f5d6f0001/readiness"])


class HappeningOut(BaseModel):
    """How often something happened; `event` is the type of the event, as the contract of events explains it."""

    event: str = Field(examples=["controls.health.failing"])
    times: int


class PostureOut(BaseModel):
    as_of: datetime
    now: Numbers
    programmes: list[ProgrammeUnderWay] | None = Field(description="Null for who may not read programmes")
    changed: list[HappeningOut] = Field(description="What happened in the last seven days, the most frequent first")
    days: list[PostureDayOut] = Field(description="The days that were asked for, in their order")
    lagging: list[LagOut] = Field(description="Services whose latest news may be missing")
