"""The verbs of a user entity control. Each changes its row and adds the event, in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.described_engagements.actions import described, described_engagement
from services.audit.description.described_engagements.models import DescribedStatus
from services.audit.description.user_entity_controls.models import UserEntityControl
from services.audit.description.user_entity_controls.queries import has_code
from services.audit.description.user_entity_controls.schemas import UserEntityControlDraft, UserEntityControlRevision
from shared.data.records import ANY_VERSION
from shared.data.sessions import organisation_of
from shared.events.catalogue.descriptions import (
    UserEntityControlRecorded,
    UserEntityControlRevised,
    UserEntityControlWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import CodeTaken, Fault

_NOUN = "user entity control"


async def record(
    session: AsyncSession, engagement_id: UUID, *, draft: UserEntityControlDraft, by: Actor, at: datetime
) -> UserEntityControl:
    """Record a control that user entities have to operate.

    `CodeTaken` when another one of the engagement that is not withdrawn has the code.
    """
    await described_engagement(session, engagement_id, f"record a {_NOUN}")
    if await has_code(session, engagement_id, draft.code):
        raise CodeTaken(f"Another {_NOUN} has the code {draft.code}.", faults=[Fault("/code", "taken")])
    control = UserEntityControl(
        **draft.model_dump(), engagement_id=engagement_id, org_id=organisation_of(session), created_at=at, updated_at=at
    )
    session.add(control)
    announce(session, UserEntityControlRecorded(**_event_fields(control)), about=control, by=by, at=at)
    return control


async def revise(
    session: AsyncSession,
    control_id: UUID,
    *,
    revision: UserEntityControlRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change what user entities have to do, or the criteria."""
    _, control = await described(session, UserEntityControl, control_id, noun=_NOUN, verb="revise", expected=expected)
    for name, value in revision.model_dump(exclude_none=True).items():
        setattr(control, name, value)
    announce(session, UserEntityControlRevised(**_event_fields(control)), about=control, by=by, at=at)


async def withdraw(session: AsyncSession, control_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Recorded → withdrawn. It stays on record, and its code is free."""
    _, control = await described(
        session, UserEntityControl, control_id, noun=_NOUN, verb="withdraw", expected=ANY_VERSION
    )
    control.status = DescribedStatus.WITHDRAWN
    event = UserEntityControlWithdrawn(**_event_fields(control))
    announce(session, event, about=control, by=by, at=at, reason=reason)


def _event_fields(control: UserEntityControl) -> dict[str, Any]:
    return control.model_dump(include={"engagement_id", "code", "text", "criteria"})
