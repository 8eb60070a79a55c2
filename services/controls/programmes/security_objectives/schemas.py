from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.programmes.security_objectives.models import SecurityObjectiveStatus
from shared.http.fields import Day, Input, NamedPerson, PersonRef, Prose, Title

Objective = Annotated[Title, Field(examples=["Critical vulnerabilities are closed within seven days"])]
Measure = Annotated[
    Prose,
    Field(
        examples=["Share of critical vulnerabilities closed within seven days, each month: at least 95 %."],
        description="By what it is measured, and the value aimed at",
    ),
]
Plan = Annotated[
    Prose,
    Field(
        examples=["Daily scans, a rota for patches, half a person more in the platform team."],
        description="What will be done, with which resources",
    ),
]
Evaluation = Annotated[
    Prose,
    Field(
        examples=["The security lead reports the share to the management review each quarter."],
        description="How the results are evaluated",
    ),
]


class SecurityObjectiveDraft(Input):
    """An information security objective and the plan to achieve it (ISO/IEC 27001, 6.2)."""

    title: Objective
    measure: Measure
    plan: Plan
    owner: PersonRef = Field(description="Who is responsible, by id or e-mail address")
    due_on: Day = Field(description="The day by which it is to be achieved, in UTC")
    evaluation: Evaluation


class SecurityObjectiveRevision(Input):
    """What to change; members left out stay as they are."""

    title: Objective | None = None
    measure: Measure | None = None
    plan: Plan | None = None
    owner: PersonRef | None = None
    due_on: Day | None = None
    evaluation: Evaluation | None = None


class SecurityObjectiveWithdrawal(Input):
    """Why it is no objective any longer."""

    reason: Prose = Field(examples=["It was achieved; the next one aims at three days."])


class SecurityObjectiveOut(BaseModel):
    id: UUID
    programme_id: UUID
    title: str
    measure: str
    plan: str
    owner: NamedPerson
    due_on: date
    evaluation: str
    status: SecurityObjectiveStatus
    version: int
    created_at: datetime
    updated_at: datetime
