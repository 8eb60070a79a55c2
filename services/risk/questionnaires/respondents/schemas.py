from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from shared.http.fields import Code, Email, Input, Instant, Title

SectionCodes = Annotated[
    list[Code] | None, Field(min_length=1, max_length=50, description="Codes of the sections that they answer")
]


class RespondentDraft(Input):
    """Somebody at the vendor who is to answer."""

    name: Title = Field(examples=["Kim Ono"])
    email: Email = Field(examples=["kim.ono@example.net"])
    sections: SectionCodes = Field(default=None)


class QuestionnaireSending(Input):
    """Who is to answer, and until when their links work."""

    respondents: list[RespondentDraft] = Field(
        min_length=1, max_length=20, description="One of them answers all sections, and submits"
    )
    expires_at: Instant = Field(description="90 days from now at most")


class RespondentLink(BaseModel):
    """A link, in clear for this once. Attest sends no mail: hand it to the respondent."""

    respondent_id: UUID
    name: str
    email: str
    sections: list[str] | None
    expires_at: datetime
    token: str = Field(
        examples=["attest_q_…"],
        description="What the respondent's program sends as the header `Questionnaire-Token`. Put it behind the `#` of"
        " an address, where no server sees it",
    )


class QuestionnaireSentOut(BaseModel):
    """The links that were made."""

    questionnaire_id: UUID
    links: list[RespondentLink]


class RespondentOut(BaseModel):
    id: UUID
    questionnaire_id: UUID
    name: str
    email: str
    sections: list[str] | None = Field(description="Null for all")
    expires_at: datetime
    delegated_by: UUID | None = Field(description="The respondent who gave them their sections")
    opened_at: datetime | None
    revoked_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
