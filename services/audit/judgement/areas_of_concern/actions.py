"""The verbs of an area of concern, by both parties. Each step stands in both chains, in the same transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import EngagementKind
from services.audit.judgement.areas_of_concern.models import AreaOfConcern, ConcernStatus
from services.audit.judgement.areas_of_concern.queries import last_number
from services.audit.judgement.areas_of_concern.schemas import ConcernAnswer, ConcernDraft
from services.audit.papers.tested_engagements.queries import TESTED, Tested, engagement_in_work, engagement_taking_up
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import in_organisation, organisation_of
from shared.data.transactions import Written
from shared.events.catalogue.areas_of_concern import AboutAreaOfConcern, AreaOfConcernMoved, AreaOfConcernNoted
from shared.events.trail import announce
from shared.identity.callers import Actor, Caller
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed

_NOUN = "area of concern"


class NotStage1(Conflict):
    """Areas of concern are noted in stage 1 only."""


async def note(
    session: AsyncSession, engagement_id: UUID, *, draft: ConcernDraft, caller: Caller, at: datetime
) -> AreaOfConcern:
    """Note an area of concern, which the auditee sees from now on. `NotStage1` in any other engagement."""
    tested = await engagement_in_work(session, engagement_id, caller, f"note an {_NOUN}", phases=TESTED)
    if tested.kind != EngagementKind.ISO27001_STAGE1:
        raise NotStage1(f"{tested.kind} notes no areas of concern.")
    made = AreaOfConcern(
        **draft.model_dump(),
        org_id=organisation_of(session),
        engagement_id=engagement_id,
        client_id=tested.engagement.org_id,
        number=await last_number(session, engagement_id) + 1,
        history=[_taken("note", None, caller.actor, at)],
        created_at=at,
        updated_at=at,
    )
    session.add(made)
    await _announce(session, AreaOfConcernNoted(**_event_fields(made)), made, by=caller.actor, at=at)
    return made


async def answer(session: AsyncSession, key: UUID, *, given: ConcernAnswer, by: Actor, at: datetime) -> None:
    """Say what was done about it, as the auditee, in a transaction of its own organisation."""
    seen = await found(session, AreaOfConcern, key)
    if seen is None or seen.client_id != organisation_of(session):
        raise NotFound(f"There is no {_NOUN} {key}.")
    async with in_organisation(session, seen.org_id):
        made = await _noted(session, key, "answer")
        made.answer = given.model_dump(mode="json")
        await _step(session, made, "answer", None, by=by, at=at)


async def clear(session: AsyncSession, key: UUID, *, reason: str, caller: Caller, at: datetime) -> None:
    """Noted → cleared, by the team of stage 1 or of the stage 2 that follows it."""
    seen = await found(session, AreaOfConcern, key)
    if seen is None:
        raise NotFound(f"There is no {_NOUN} {key}.")
    await engagement_taking_up(session, seen.engagement_id, caller, f"clear an {_NOUN}")
    made = await _noted(session, key, "clear")
    made.status = ConcernStatus.CLEARED
    await _step(session, made, "clear", reason, by=caller.actor, at=at)


async def become_nonconformity(
    session: AsyncSession, key: UUID, nonconformity_id: UUID, *, tested: Tested, by: Actor, at: datetime
) -> None:
    """Noted → nonconformity, of the stage 2 in which somebody raises it; `Invalid` for one of another stage 1."""
    seen = await found(session, AreaOfConcern, key)
    if seen is None or seen.engagement_id != tested.engagement.follows_id:
        faults = [Fault("/concern_id", "not an area of concern of the stage 1 that the engagement follows")]
        raise Invalid("The area of concern is unknown here.", faults=faults)
    made = await _noted(session, key, "raise it as a nonconformity")
    made.status, made.nonconformity_id = ConcernStatus.NONCONFORMITY, nonconformity_id
    await _step(session, made, "raise_nonconformity", None, by=by, at=at)


async def _noted(session: AsyncSession, key: UUID, verb: str) -> AreaOfConcern:
    made = await locked(session, AreaOfConcern, key, noun=_NOUN, expected=ANY_VERSION)
    if made.status != ConcernStatus.NOTED:
        raise not_allowed(verb, made.status, [])
    return made


async def _step(
    session: AsyncSession, made: AreaOfConcern, step: str, reason: str | None, *, by: Actor, at: datetime
) -> None:
    made.history = [*made.history, _taken(step, reason, by, at)]
    event = AreaOfConcernMoved(**_event_fields(made), step=step)
    await _announce(session, event, made, by=by, at=at, reason=reason)


async def _announce(
    session: AsyncSession,
    event: AboutAreaOfConcern,
    made: AreaOfConcern,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    announce(session, event, about=made, by=by, at=at, reason=reason)
    if made.client_id != made.org_id:
        async with in_organisation(session, made.client_id):
            about = Written(made.id, made.version, None, {"requirement": made.requirement, "status": made.status})
            announce(session, event, about=about, by=by, at=at, reason=reason)


def _taken(step: str, reason: str | None, by: Actor, at: datetime) -> dict[str, Any]:
    return {"step": step, "reason": reason, "by": by.recorded, "at": at.isoformat()}


def _event_fields(made: AreaOfConcern) -> dict[str, Any]:
    return {name: getattr(made, name) for name in ("engagement_id", "requirement", "status")}
