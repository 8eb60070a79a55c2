"""The verbs of a framework."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.controls.frameworks.frameworks.models import Framework, FrameworkStatus
from services.controls.frameworks.frameworks.queries import Edition, edition
from services.controls.frameworks.frameworks.schemas import FrameworkDraft
from shared.data.records import one_at_a_time
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import FrameworkDefined
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import CodeTaken, Fault


async def pin(session: AsyncSession, code: str, label: str | None) -> Edition | None:
    """The version with this label, or the newest, which is not withdrawn before the transaction ends; None without one.

    Call it before locking any row.
    """
    seen = await edition(session, code, label)
    if seen is None:
        return None
    await one_at_a_time(session, seen.framework_id)
    return await edition(session, code, label)


async def define(session: AsyncSession, *, draft: FrameworkDraft, by: Actor, at: datetime) -> Framework:
    """Define a framework of the organisation's own. `CodeTaken` when there is one of that code."""
    same = select(Framework.id).where(Framework.code == draft.code, Framework.status == FrameworkStatus.ACTIVE)
    if (await session.execute(same)).first():
        raise CodeTaken(f"Another framework has the code {draft.code}.", faults=[Fault("/code", "taken")])
    framework = Framework(**draft.model_dump(), org_id=organisation_of(session), created_at=at, updated_at=at)
    session.add(framework)
    event = FrameworkDefined(code=draft.code, title=draft.title, scheme=draft.scheme)
    announce(session, event, about=framework, by=by, at=at)
    return framework
