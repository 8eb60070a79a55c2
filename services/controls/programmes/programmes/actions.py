"""The verbs of a programme."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.frameworks.frameworks.actions import pin
from services.controls.frameworks.frameworks.models import Scheme
from services.controls.frameworks.frameworks.queries import Edition, edition_of
from services.controls.frameworks.requirements.queries import count_in_scope
from services.controls.health.programme_periods.actions import remember
from services.controls.programmes.known_assets.queries import faults_of_assets
from services.controls.programmes.programmes.models import Programme, ProgrammeStatus, ReportType
from services.controls.programmes.programmes.rules import (
    TITLES,
    chosen,
    faults_of_dates,
    faults_of_scope,
    reports_on,
)
from services.controls.programmes.programmes.schemas import ProgrammeClosure, ProgrammeDraft, ProgrammeRevision
from shared.data.records import ANY_VERSION, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import ProgrammeStarted
from shared.events.catalogue.programmes import ProgrammeCompleted, ProgrammeRevised, ProgrammeWithdrawn
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover
from shared.people.references import people_columns, require_person
from shared.problems import Conflict, Fault, Invalid, not_allowed


class NotAskedFor(Conflict):
    """The standard of this programme does not ask for this."""


async def start(session: AsyncSession, *, draft: ProgrammeDraft, by: Actor, at: datetime) -> Programme:
    """Set out for a report, against a version of a framework that is pinned from now on."""
    owner_id = await require_person(session, draft.owner, "/owner")
    pinned = await pin(session, draft.framework, draft.framework_version)
    if pinned is None:
        raise _invalid(Fault("/framework_version" if draft.framework_version else "/framework", "does not exist"))
    programme = Programme(
        **draft.model_dump(exclude={"framework", "framework_version", "owner"}),
        owner_id=owner_id,
        framework_version_id=pinned.version_id,
        requirements_in_scope=0,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    await _fit(session, programme, pinned)
    await _require_assets(session, draft.asset_ids)
    session.add(programme)
    event = ProgrammeStarted(**_terms(programme), framework=pinned.code, framework_version=pinned.label)
    announce(session, event, about=programme, by=by, at=at)
    await _have_misses_remembered(session, programme, pinned.code, at=at)
    return programme


async def revise(
    session: AsyncSession, programme_id: UUID, *, revision: ProgrammeRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change a programme. What it goes for, its dates and the categories in scope still have to fit together."""
    owners = await people_columns(session, revision, "owner")
    programme = await locked_programme(session, programme_id, "revise", expected=expected)
    pinned = await edition_of(session, programme.framework_version_id)
    await _require_assets(session, revision.asset_ids or (), before=programme.asset_ids)
    dates = revision.model_dump(include={"as_of_date", "period_start", "period_end"}, exclude_unset=True)
    for name, value in (revision.model_dump(exclude_none=True, exclude={"owner"}) | owners | dates).items():
        setattr(programme, name, value)
    await _fit(session, programme, pinned)
    announce(session, ProgrammeRevised(**_terms(programme)), about=programme, by=by, at=at)
    await _have_misses_remembered(session, programme, pinned.code, at=at)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give the active programmes of a leaver to another person."""
    owned = select(Programme).where(
        Programme.owner_id == handover.from_person, Programme.status == ProgrammeStatus.ACTIVE
    )
    for programme in await lock_rows(session, owned.order_by(col(Programme.id))):
        programme.owner_id = handover.to_person
        event = ProgrammeRevised(**_terms(programme))
        announce(session, event, about=programme, by=SYSTEM, at=handover.at, reason=handover.reason)


async def close(
    session: AsyncSession, programme_id: UUID, *, closure: ProgrammeClosure, by: Actor, at: datetime
) -> None:
    """Active → completed or withdrawn."""
    programme = await locked_programme(session, programme_id, "close")
    programme.status, programme.closed_at, programme.closed_because = closure.outcome, at, closure.reason
    kind = ProgrammeCompleted if closure.outcome == ProgrammeStatus.COMPLETED else ProgrammeWithdrawn
    event = kind(title=programme.title, report_type=programme.report_type)
    announce(session, event, about=programme, by=by, at=at, reason=closure.reason)
    pinned = await edition_of(session, programme.framework_version_id)
    await _have_misses_remembered(session, programme, pinned.code, at=at)


async def locked_programme(
    session: AsyncSession, programme_id: UUID, verb: str, *, expected: int = ANY_VERSION
) -> Programme:
    """The programme, locked and active."""
    programme = await locked(session, Programme, programme_id, noun="programme", expected=expected)
    if programme.status != ProgrammeStatus.ACTIVE:
        raise not_allowed(verb, programme.status, [])
    return programme


async def require_scheme(session: AsyncSession, programme: Programme, scheme: Scheme, what: str) -> None:
    """`NotAskedFor` when the programme is not against a framework of this scheme; `what` is asked for by that alone."""
    pinned = await edition_of(session, programme.framework_version_id)
    if pinned.scheme != scheme:
        raise NotAskedFor(f"{what} belong to a programme against {TITLES[scheme]}; this one is against {pinned.code}.")


async def _fit(session: AsyncSession, programme: Programme, pinned: Edition) -> None:
    """Put the categories into the framework's own order and count what is in scope.

    `Invalid` when the categories, the kind of scope, the kind of report or its dates do not fit.
    """
    has = {"system": programme.system is not None, "isms_scope": programme.isms_scope is not None}
    faults, report_type = [*faults_of_scope(pinned.scheme, **has)], ReportType(programme.report_type)
    if report_type not in reports_on(pinned.scheme):
        possible = ", ".join(sorted(reports_on(pinned.scheme)))
        faults.append(Fault("/report_type", f"a programme against {pinned.code} ends in one of: {possible}"))
    try:
        programme.categories = chosen(programme.categories, pinned.categories)
    except ValueError as wrong:
        faults.append(Fault("/categories", str(wrong)))
    faults += faults_of_dates(
        report_type,
        as_of_date=programme.as_of_date,
        period_start=programme.period_start,
        period_end=programme.period_end,
    )
    if faults:
        raise _invalid(*faults)
    programme.requirements_in_scope = await count_in_scope(session, pinned.version_id, programme.categories)


async def _require_assets(session: AsyncSession, asset_ids: Sequence[UUID], *, before: Collection[UUID] = ()) -> None:
    """`Invalid` for assets that cannot come into scope. News of one may be on its way: the request waits for it."""
    if faults := await faults_of_assets(session, asset_ids, before=before):
        raise Invalid("The programme cannot name these assets.", faults=faults, may_be_late=True)


async def _have_misses_remembered(session: AsyncSession, programme: Programme, framework: str, *, at: datetime) -> None:
    """While the programme is active, what controls missed in its period counts until the end of it."""
    is_active = programme.status == ProgrammeStatus.ACTIVE
    await remember(
        session,
        programme.id,
        framework=framework,
        period_start=programme.period_start if is_active else None,
        period_end=programme.period_end if is_active else None,
        at=at,
    )


def _terms(programme: Programme) -> dict[str, Any]:
    """What an event says of a programme that is under way."""
    return programme.model_dump(
        include={"title", "report_type", "categories", "asset_ids", "as_of_date", "period_start", "period_end"}
    )


def _invalid(*faults: Fault) -> Invalid:
    return Invalid("The programme cannot be like this.", faults=faults)
