"""The verbs of a control. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.controls.frameworks.requirements.queries import known
from services.controls.register.controls.models import Control
from services.controls.register.controls.schemas import ControlDraft
from services.controls.register.rhythms.rules import require_rhythm
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.controls import (
    ControlDefined,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import CodeTaken, Fault, Invalid


async def define(session: AsyncSession, *, draft: ControlDraft, by: Actor, at: datetime) -> Control:
    """Write a control down as a draft.

    `CodeTaken` when the organisation has one of that code, `Invalid` when no framework asks for what it should answer.
    """
    await require_requirements(session, draft.requirements)
    if (await session.execute(select(Control.id).where(Control.code == draft.code))).first():
        raise CodeTaken(f"Another control has the code {draft.code}.", faults=[Fault("/code", "taken")])
    if draft.owner == draft.backup_owner:
        raise same_owners()
    (control,) = define_all(session, [draft], by=by, at=at)
    return control


def define_all(session: AsyncSession, drafts: Sequence[ControlDraft], *, by: Actor, at: datetime) -> list[Control]:
    """Write controls down, however many, in about the statements of one. The drafts are checked by then."""
    org_id = organisation_of(session)
    controls = [
        Control(**draft.model_dump(mode="json"), org_id=org_id, author=by.text, created_at=at, updated_at=at)
        for draft in drafts
    ]
    for control in controls:
        require_rhythm(control.frequency, control.recurrence)
        session.add(control)
        announce(session, ControlDefined(code=control.code, title=control.title), about=control, by=by, at=at)
    touched(session, *(control.id for control in controls), at=at)
    return controls


async def require_requirements(session: AsyncSession, references: Sequence[str]) -> None:
    """`Invalid` names the references that no framework asks for."""
    there = await known(session, references)
    faults = [
        Fault(f"/requirements/{place}", f"No framework asks for {reference}.")
        for place, reference in enumerate(references)
        if reference not in there
    ]
    if faults:
        raise Invalid("Some of the requirements do not exist.", faults=faults)


def same_owners() -> Invalid:
    """The problem of a backup who is the owner."""
    detail = "The backup owner must be another person than the owner."
    return Invalid(detail, faults=[Fault("/backup_owner", detail)])
