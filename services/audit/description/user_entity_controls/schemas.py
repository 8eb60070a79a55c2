from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.description.described_engagements.models import DescribedStatus
from services.audit.description.described_engagements.schemas import Criteria
from shared.http.fields import Code, Input, Prose

UserEntityCode = Annotated[Code, Field(examples=["CUEC-01"])]
UserEntityText = Annotated[
    Prose,
    Field(
        examples=["User entities remove the accounts of their leavers within one working day."],
        description="What user entities have to do; only what is necessary to meet the criteria belongs here",
    ),
]


class UserEntityControlDraft(Input):
    """A complementary user entity control (DC 200, DC6)."""

    code: UserEntityCode
    text: UserEntityText
    criteria: Criteria


class UserEntityControlRevision(Input):
    """What to change; members left out stay as they are. The code stays."""

    text: UserEntityText | None = None
    criteria: Criteria | None = None


class UserEntityControlOut(BaseModel):
    id: UUID
    engagement_id: UUID
    code: str
    text: str
    criteria: list[str]
    status: DescribedStatus
    version: int
    created_at: datetime
    updated_at: datetime
