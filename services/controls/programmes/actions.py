"""The verbs of a programme."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.queries import Edition, edition
from services.controls.programmes.models import Programme
from services.controls.programmes.rules import chosen, reports_on
from services.controls.programmes.schemas import ProgrammeDraft
from services.controls.requirements.queries import count_in_scope
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import ProgrammeStarted
from shared.events.trail import announce
from shared.problems import Fault, Invalid


async def start(session: AsyncSession, *, draft: ProgrammeDraft, by: str, at: datetime) -> Programme:
    """Set out for a report, against a version of a framework that is pinned from now on."""
    pinned = await edition(session, draft.framework, draft.framework_version)
    if pinned is None:
        raise _invalid("/framework_version" if draft.framework_version else "/framework", "there is no such version")
    if draft.report_type not in reports_on(pinned.scheme):
        possible = ", ".join(sorted(reports_on(pinned.scheme)))
        raise _invalid("/report_type", f"a programme against {pinned.code} ends in one of: {possible}")
    categories = _chosen(draft, pinned)
    programme = Programme(
        **draft.model_dump(exclude={"framework", "framework_version", "categories"}),
        categories=categories,
        framework_version_id=pinned.version_id,
        requirements_in_scope=await count_in_scope(session, pinned.version_id, categories),
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    event = ProgrammeStarted(
        title=draft.title,
        report_type=draft.report_type,
        categories=categories,
        framework=pinned.code,
        framework_version=pinned.label,
    )
    await announce(session, event, about=programme, by=by, at=at)
    return programme


def _chosen(draft: ProgrammeDraft, pinned: Edition) -> list[str]:
    try:
        return chosen(draft.categories, pinned.categories)
    except ValueError as wrong:
        raise _invalid("/categories", str(wrong)) from wrong


def _invalid(pointer: str, detail: str) -> Invalid:
    return Invalid("The programme cannot be started like this.", faults=[Fault(pointer, detail)])
