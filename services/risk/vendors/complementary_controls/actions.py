"""The verbs of a complementary control: recorded with its report, and mapped to a control of ours."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.vendors.assurance_reports.models import AssuranceReport, AssuranceStatus
from services.risk.vendors.complementary_controls.models import ComplementaryControl
from services.risk.vendors.complementary_controls.schemas import ComplementaryControls, ComplementaryMapping
from shared.data.records import lock_rows, locked
from shared.events.catalogue.assurance import ComplementaryControlMapped, ComplementaryControlRecorded
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover
from shared.people.references import require_people
from shared.problems import Fault, Invalid, not_allowed


async def record(
    session: AsyncSession, report_id: UUID, *, given: ComplementaryControls, by: Actor, at: datetime
) -> list[ComplementaryControl]:
    """Record controls that a report asks of its users. Refused for a report that is superseded."""
    report = await locked(session, AssuranceReport, report_id, noun="assurance report")
    if report.status == AssuranceStatus.SUPERSEDED:
        raise not_allowed("record a complementary control of a report", report.status, [])
    recorded = [
        ComplementaryControl(
            **draft.model_dump(),
            report_id=report.id,
            vendor_id=report.vendor_id,
            org_id=report.org_id,
            created_at=at,
            updated_at=at,
        )
        for draft in given.controls
    ]
    for control in recorded:
        session.add(control)
        announce(session, ComplementaryControlRecorded(**control.told()), about=control, by=by, at=at)
    return recorded


async def map_control(
    session: AsyncSession, key: UUID, *, mapping: ComplementaryMapping, expected: int, by: Actor, at: datetime
) -> None:
    """Say which control of ours answers it, with its owner, or why it does not apply; the one or the other."""
    if (mapping.control_id is None) == (mapping.not_applicable_because is None):
        detail = "Name a control, or say why it does not apply."
        raise Invalid(detail, faults=[Fault("/control_id", detail)])
    if (mapping.control_id is None) != (mapping.owner is None):
        detail = "A control has an owner, and what does not apply has none."
        raise Invalid(detail, faults=[Fault("/owner", detail)])
    owner = (await require_people(session, {"/owner": mapping.owner})).get("/owner")
    control = await locked(session, ComplementaryControl, key, noun="complementary control", expected=expected)
    control.control_id, control.owner_id = mapping.control_id, owner.id if owner else None
    control.not_applicable_because = mapping.not_applicable_because
    event = ComplementaryControlMapped(**control.told())
    announce(session, event, about=control, by=by, at=at, reason=mapping.not_applicable_because)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give what a person answers for to another."""
    owned = select(ComplementaryControl).where(ComplementaryControl.owner_id == handover.from_person)
    for control in await lock_rows(session, owned.order_by(col(ComplementaryControl.id))):
        control.owner_id = handover.to_person
        event = ComplementaryControlMapped(**control.told())
        announce(session, event, about=control, by=SYSTEM, at=handover.at, reason=handover.reason)
