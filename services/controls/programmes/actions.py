"""The verbs of a programme."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.programmes.models import Programme
from services.controls.programmes.schemas import ProgrammeDraft
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import ProgrammeStarted
from shared.events.trail import announce


async def start(session: AsyncSession, *, draft: ProgrammeDraft, by: str, at: datetime) -> Programme:
    """Set out for a report."""
    programme = Programme(
        **draft.model_dump(mode="python"), org_id=organisation_of(session), created_at=at, updated_at=at
    )
    event = ProgrammeStarted(
        title=draft.title, report_type=draft.report_type, categories=[str(each) for each in draft.categories]
    )
    await announce(session, event, about=programme, by=by, at=at)
    return programme
