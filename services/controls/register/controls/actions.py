"""The verbs of a control. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.controls.frameworks.requirements.queries import known
from services.controls.register.controls.models import Control
from services.controls.register.controls.schemas import ControlDraft
from services.controls.register.rhythms.rules import require_rhythm
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.controls import ControlDefined
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.people.references import keep_backup_apart, people_columns
from shared.problems import CodeTaken, Fault, Invalid


async def define(session: AsyncSession, *, draft: ControlDraft, by: Actor, at: datetime) -> Control:
    """Write a control down as a draft.

    `CodeTaken` when the organisation has one of that code, `Invalid` when no framework asks for what it should answer.
    Owner and backup are refused as `require_people` says.
    """
    owners = await people_columns(session, draft, "owner", nullable={"backup_owner"})
    await require_requirements(session, draft.requirements)
    if (await session.execute(select(Control.id).where(Control.code == draft.code))).first():
        raise CodeTaken(f"Another control has the code {draft.code}.", faults=[Fault("/code", "taken")])
    keep_backup_apart(owners["owner_id"], owners.get("backup_owner_id"))
    (control,) = define_all(session, [(draft, owners)], by=by, at=at)
    return control


def define_all(
    session: AsyncSession, drafts: Sequence[tuple[ControlDraft, Mapping[str, Any]]], *, by: Actor, at: datetime
) -> list[Control]:
    """Write controls down, however many, in about the statements of one.

    Each draft comes with the columns of its owner and backup. All is checked by then.
    """
    org_id = organisation_of(session)
    controls = [
        Control(
            **draft.model_dump(mode="json", exclude={"owner", "backup_owner"}),
            **owners,
            org_id=org_id,
            author=by.recorded,
            created_at=at,
            updated_at=at,
        )
        for draft, owners in drafts
    ]
    for control in controls:
        require_rhythm(control.frequency, control.recurrence)
        session.add(control)
        owners = {"owner_id": control.owner_id, "backup_owner_id": control.backup_owner_id}
        event = ControlDefined(code=control.code, title=control.title, **owners)
        announce(session, event, about=control, by=by, at=at)
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
