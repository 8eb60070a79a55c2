"""The verbs of a crosswalk."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.crosswalks.models import Crosswalk, CrosswalkStatus
from services.controls.frameworks.crosswalks.queries import code_taken, frameworks_there, is_shipped
from services.controls.frameworks.crosswalks.schemas import CrosswalkDraft, CrosswalkRevision
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.crosswalks import CrosswalkDefined, CrosswalkRevised, CrosswalkWithdrawn
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import CodeTaken, ComesWithAttest, Fault, Invalid, not_allowed


async def define(session: AsyncSession, *, draft: CrosswalkDraft, by: Actor, at: datetime) -> Crosswalk:
    """Begin a crosswalk between two frameworks. `CodeTaken`, or `Invalid` when one of them is not there."""
    there = await frameworks_there(session, {draft.source, draft.target})
    named = (("/source", draft.source), ("/target", draft.target))
    faults = [Fault(pointer, f"There is no framework {code}.") for pointer, code in named if code not in there]
    if draft.source == draft.target:
        faults.append(Fault("/target", "The crosswalk must name two different frameworks."))
    if faults:
        raise Invalid("There can be no crosswalk between these frameworks.", faults=faults)
    if await code_taken(session, draft.code):
        raise CodeTaken(f"Another crosswalk has the code {draft.code}.", faults=[Fault("/code", "taken")])
    crosswalk = Crosswalk(**draft.model_dump(), org_id=organisation_of(session), created_at=at, updated_at=at)
    session.add(crosswalk)
    event = CrosswalkDefined(code=draft.code, title=draft.title, source=draft.source, target=draft.target)
    announce(session, event, about=crosswalk, by=by, at=at)
    return crosswalk


async def revise(
    session: AsyncSession, crosswalk_id: UUID, *, revision: CrosswalkRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change what a crosswalk is called, or what is said of its origin."""
    crosswalk = await locked_crosswalk(session, crosswalk_id, "revise", expected=expected)
    for name, value in revision.model_dump(exclude_none=True).items():
        setattr(crosswalk, name, value)
    event = CrosswalkRevised(code=crosswalk.code, title=crosswalk.title)
    announce(session, event, about=crosswalk, by=by, at=at)


async def withdraw(session: AsyncSession, crosswalk_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Active → withdrawn: nothing is read through its entries any longer."""
    crosswalk = await locked_crosswalk(session, crosswalk_id, "withdraw")
    crosswalk.status = CrosswalkStatus.WITHDRAWN
    event = CrosswalkWithdrawn(code=crosswalk.code, title=crosswalk.title)
    announce(session, event, about=crosswalk, by=by, at=at, reason=reason)


async def locked_crosswalk(
    session: AsyncSession, crosswalk_id: UUID, verb: str, *, expected: int = ANY_VERSION
) -> Crosswalk:
    """The organisation's own crosswalk, locked and active; `ComesWithAttest` when it is not its own."""
    if await is_shipped(session, crosswalk_id):
        raise ComesWithAttest("This crosswalk comes with Attest; define your own instead.")
    crosswalk = await locked(session, Crosswalk, crosswalk_id, noun="crosswalk", expected=expected)
    if crosswalk.status != CrosswalkStatus.ACTIVE:
        raise not_allowed(verb, crosswalk.status, [])
    return crosswalk
