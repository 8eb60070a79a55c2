from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base
from shared.data.base import instant


class QuestionnaireStatus(StrEnum):
    """prepared → sent → opened → in progress → submitted ⇄ clarification; submitted → accepted or returned.

    A returned one is in progress again with the next answer. Until it is submitted it may lapse; until it is accepted
    it may be cancelled.
    """

    PREPARED = "prepared"
    SENT = "sent"
    OPENED = "opened"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    CLARIFICATION = "clarification"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class Questionnaire(Base, table=True):
    """A questionnaire. `sections` are the questions of its template as they were when it was sent, by the tier."""

    __tablename__ = "questionnaires"

    vendor_id: UUID
    template_id: UUID
    title: str
    tier: str
    prefill: bool
    prefilled_from: UUID | None = None
    sections: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = QuestionnaireStatus.PREPARED
    expires_at: datetime | None = instant(default=None)
    sent_at: datetime | None = instant(default=None)
    submitted_at: datetime | None = instant(default=None)
    signed_by: str | None = None
    signer_role: str | None = None
    decided_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    decided_at: datetime | None = instant(default=None)
    status_reason: str | None = None
    prepared_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class QuestionnaireAnswer(Base, table=True):
    """The answer to one question, with who gave it, and what was asked back about it."""

    __tablename__ = "questionnaire_answers"

    questionnaire_id: UUID
    code: str
    value: str | None = None
    text: str | None = None
    evidence: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    not_applicable_because: str | None = None
    prefilled: bool = False
    respondent_id: UUID | None = None
    respondent_name: str | None = None
    answered_at: datetime | None = instant(default=None)
    clarification: str | None = None
    clarification_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    clarified: bool = True
