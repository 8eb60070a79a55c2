from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from shared.http.fields import ActedBy, Input, NamedThen, PersonRef, Prose


class RequestCommentDraft(Input):
    text: Prose = Field(examples=["Is the export of the old tenant wanted as well?"])
    mentions: list[PersonRef] = Field(
        default_factory=list,
        max_length=20,
        description="People of one's own organisation, and by id those of the other party who took part in the request",
    )


class RequestCommentOut(BaseModel):
    id: UUID
    request_id: UUID
    text: str
    mentions: list[NamedThen]
    by_firm: bool = Field(description="Whether the auditing party wrote it, and not the client")
    written_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime
