from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from shared.events.catalogue.controls import HealthState, ReasonCode

_CODES: Any = Field(
    examples=[[ReasonCode.EVIDENCE_EXPIRED]],
    description="A code for each of the reasons, for programs; there may be more of them than a client knows",
)


class WaiverInForce(BaseModel):
    """That the control need not be operated as described until an instant, and what makes up for it meanwhile."""

    id: UUID
    expires_at: datetime = Field(description="The first instant at which it is over")
    compensating_control_id: UUID | None
    compensating_control_code: str | None
    compensating_measures: str | None


class HealthOut(BaseModel):
    """A control's health as last announced."""

    id: UUID = Field(description="The control's id")
    code: str
    title: str
    state: HealthState
    reasons: list[str] = Field(examples=[["Evidence for 'Access review' expired on 2026-06-30 00:00 UTC."]])
    reason_codes: list[str] = _CODES
    since: datetime
    waiver: WaiverInForce | None = Field(
        description="The waiver in force that lasts longest. It changes nothing of the state; granting or ending one is"
        " no change of health, and is to be had from `/v1/waivers`"
    )
    version: int
    updated_at: datetime


class HealthChangeOut(BaseModel):
    """From when until when a control's health was what, and why: a half-open period, as it was announced."""

    id: UUID
    control_id: UUID
    code: str
    before: HealthState | None = Field(description="Null where the history begins")
    state: HealthState
    reasons: list[str] = Field(description="Why it became so")
    reason_codes: list[str] = _CODES
    since: datetime
    until: datetime | None = Field(description="Null for the present one")
    cause: UUID | None = Field(description="The event of another service that brought it, as in its trail")
    version: int
    updated_at: datetime
