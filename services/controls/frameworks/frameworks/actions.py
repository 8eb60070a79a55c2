"""The verbs of a framework."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.controls.frameworks.frameworks.models import Framework
from services.controls.frameworks.frameworks.schemas import FrameworkDraft
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import FrameworkDefined
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import CodeTaken, Fault


async def define(session: AsyncSession, *, draft: FrameworkDraft, by: Actor, at: datetime) -> Framework:
    """Define a framework of the organisation's own. `CodeTaken` when there is one of that code."""
    if (await session.execute(select(Framework.id).where(Framework.code == draft.code))).first():
        raise CodeTaken(f"Another framework has the code {draft.code}.", faults=[Fault("/code", "taken")])
    framework = Framework(**draft.model_dump(), org_id=organisation_of(session), created_at=at, updated_at=at)
    session.add(framework)
    event = FrameworkDefined(code=draft.code, title=draft.title, scheme=draft.scheme)
    announce(session, event, about=framework, by=by, at=at)
    return framework
