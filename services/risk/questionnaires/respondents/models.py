from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.risk.base import Base, Fact
from shared.data.base import instant


class Respondent(Base, table=True):
    """A person at the vendor with a link. `sections` are the codes of those they may answer; null is all of them.

    Only who may answer all sections submits. `delegated_by` is the respondent who gave them their sections.
    """

    __tablename__ = "questionnaire_respondents"

    questionnaire_id: UUID
    name: str
    email: str
    sections: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    expires_at: datetime = instant()
    delegated_by: UUID | None = None
    opened_at: datetime | None = instant(default=None)
    revoked_at: datetime | None = instant(default=None)


class RespondentSecret(Fact, table=True):
    """The secret of a link, as its SHA-256 digest; kept apart, since the trail tells the columns of a respondent."""

    __tablename__ = "questionnaire_secrets"

    respondent_id: UUID = Field(primary_key=True)
    digest: bytes
