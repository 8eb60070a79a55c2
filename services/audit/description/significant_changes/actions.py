"""The verbs of a significant change. Each changes its row and adds the event, in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.described_engagements.actions import NotDescribed, described, described_engagement
from services.audit.description.described_engagements.models import DescribedStatus
from services.audit.description.described_engagements.rules import OVER_A_PERIOD
from services.audit.description.significant_changes.models import SignificantChange
from services.audit.description.significant_changes.schemas import SignificantChangeDraft, SignificantChangeRevision
from shared.data.records import ANY_VERSION
from shared.data.sessions import organisation_of
from shared.events.catalogue.descriptions import (
    SignificantChangeRecorded,
    SignificantChangeRevised,
    SignificantChangeWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import Actor

_NOUN = "significant change"


async def record(
    session: AsyncSession, engagement_id: UUID, *, draft: SignificantChangeDraft, by: Actor, at: datetime
) -> SignificantChange:
    """Record a significant change in the period. `NotDescribed` for Type 1, which has none."""
    engagement = await described_engagement(session, engagement_id, f"record a {_NOUN}")
    if engagement.kind not in OVER_A_PERIOD:
        raise NotDescribed("A Type 1 report describes the system as of a date, and no changes.")
    change = SignificantChange(
        **draft.model_dump(), engagement_id=engagement_id, org_id=organisation_of(session), created_at=at, updated_at=at
    )
    session.add(change)
    announce(session, SignificantChangeRecorded(**_event_fields(change)), about=change, by=by, at=at)
    return change


async def revise(
    session: AsyncSession,
    change_id: UUID,
    *,
    revision: SignificantChangeRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change what is said of it, or its day."""
    _, change = await described(session, SignificantChange, change_id, noun=_NOUN, verb="revise", expected=expected)
    for name, value in revision.model_dump(exclude_none=True).items():
        setattr(change, name, value)
    announce(session, SignificantChangeRevised(**_event_fields(change)), about=change, by=by, at=at)


async def withdraw(session: AsyncSession, change_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Recorded → withdrawn. It stays on record."""
    _, change = await described(
        session, SignificantChange, change_id, noun=_NOUN, verb="withdraw", expected=ANY_VERSION
    )
    change.status = DescribedStatus.WITHDRAWN
    event = SignificantChangeWithdrawn(**_event_fields(change))
    announce(session, event, about=change, by=by, at=at, reason=reason)


def _event_fields(change: SignificantChange) -> dict[str, Any]:
    return change.model_dump(include={"engagement_id", "title", "changed_on"})
