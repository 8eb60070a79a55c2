from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.engagements.engagement_documents.schemas import Signatory
from services.audit.reporting.bridge_letters.models import LetterStatus
from services.audit.wording.bridges import BridgeContent
from shared.http.fields import ActedBy, Day, Input, Prose, Title

Changes = Annotated[Prose | None, Field(description="Material changes to the system or its controls since the report")]
Incidents = Annotated[Prose | None, Field(description="Incidents since the report, as a report would describe them")]


class BridgeLetterDraft(Input):
    """What management states of the days after the period of its last report."""

    report_id: UUID
    covers_until: Day = Field(description="The last UTC day that it is about, included")
    addressee: Title = Field(default="User entities", examples=["User entities of the Document Platform"])
    changes: Changes = None
    no_changes: bool = Field(default=False, description="That there were no material changes")
    incidents: Incidents = None
    no_incidents: bool = Field(default=False, description="That there were no such incidents")
    override_reason: Prose | None = Field(default=None, description="Why it covers more than three months")


class BridgeLetterRevision(Input):
    """What to change of a draft; members left out stay as they are."""

    covers_until: Day | None = None
    addressee: Title | None = None
    changes: Changes = None
    no_changes: bool | None = None
    incidents: Incidents = None
    no_incidents: bool | None = None
    override_reason: Prose | None = None


class LetterSignature(Input):
    """Which officer signed, and when."""

    signatory: Signatory
    signed_on: Day = Field(description="Not before the last day that the letter is about")


class LetterSending(Input):
    """To whom the signed letter was sent."""

    sent_to: Title = Field(examples=["Example Bank, Inc."])


class LetterWithdrawal(Input):
    """Why the letter does not count any longer."""

    reason: Prose


class LetterSent(BaseModel):
    sent_to: str
    sent_at: datetime
    sent_by: ActedBy


class BridgeLetterOut(BaseModel):
    id: UUID
    report_id: UUID
    engagement_id: UUID
    covers_from: date = Field(description="The day after the last one that the report covers")
    covers_until: date
    addressee: str
    changes: str | None
    no_changes: bool
    incidents: str | None
    no_incidents: bool
    override_reason: str | None
    status: LetterStatus
    lapsed: bool = Field(description="Whether its last day is over, or a later report covers it")
    signatory: Signatory | None
    signed_on: date | None
    signed_by: ActedBy | None
    sendings: list[LetterSent]
    version: int
    created_at: datetime
    updated_at: datetime


class BridgeLetterDocument(BaseModel):
    """What a bridge letter says."""

    id: UUID
    status: LetterStatus
    content: BridgeContent
