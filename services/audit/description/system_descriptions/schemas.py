from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from services.audit.description.description_contents.schemas import CriterionNotRelevant
from services.audit.description.description_parts.models import DescriptionPart
from services.audit.description.system_descriptions.models import DescriptionStatus
from shared.http.fields import ActedBy, Input, LongProse


def _once_each(criteria: list[CriterionNotRelevant]) -> list[CriterionNotRelevant]:
    if len({entry.criterion for entry in criteria}) < len(criteria):
        raise ValueError("names one twice")
    return criteria


Texts = Annotated[
    dict[DescriptionPart, LongProse | None],
    Field(
        examples=[{"services": "Example Cloud keeps the documents of its customers."}],
        description="The texts of parts. A part that is left out keeps its text, and null removes it",
    ),
]
NoneOf = Annotated[
    list[DescriptionPart],
    Field(
        max_length=5,
        examples=[["incidents"]],
        description="The parts of which management states that there is nothing to describe: incidents, user entity"
        " controls, subservice organisations, criteria that are not relevant, or changes",
    ),
]
CriteriaNotRelevant = Annotated[
    list[CriterionNotRelevant],
    AfterValidator(_once_each),
    Field(max_length=100, description="SOC 2 only: each of them with the reason"),
]


class DescriptionWords(Input):
    """What management writes of the system. Members left out stay as they are, in a new version as in the last one."""

    parts: Texts = Field(default={})
    none_of: NoneOf | None = None
    criteria_not_relevant: CriteriaNotRelevant | None = None


class DescriptionApproval(Input):
    """That what was read is approved."""

    sha256: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9a-f]{64}$"),
        Field(examples=["ab" * 32], description="The `sha256` of the document that was read"),
    ]


class SystemDescriptionOut(BaseModel):
    id: UUID
    engagement_id: UUID
    number: int = Field(description="Counts the engagement's versions, from 1")
    status: DescriptionStatus
    none_of: list[DescriptionPart]
    criteria_not_relevant: list[CriterionNotRelevant]
    authors: list[ActedBy] = Field(description="Who wrote it; someone else approves it")
    approver: ActedBy | None
    approved_at: datetime | None
    sha256: str | None = Field(description="Of what was approved; null before")
    version: int
    created_at: datetime
    updated_at: datetime
