"""The facts that the steps of a programme are found by, in few statements whatever the number of controls."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.frameworks.models import Scheme
from services.controls.programmes.commitments.models import Commitment, CommitmentStatus
from services.controls.programmes.interested_parties.models import InterestedParty, InterestedPartyStatus
from services.controls.programmes.known_engagements.queries import engagements_for
from services.controls.programmes.known_engagements.rules import Aim
from services.controls.programmes.known_risks.queries import known_risks
from services.controls.programmes.mapped_controls.queries import mapped_controls
from services.controls.programmes.programmes.models import Programme, ProgrammeStatus
from services.controls.programmes.readiness.queries import Situation, readiness, situation
from services.controls.programmes.readiness.schemas import State
from services.controls.programmes.scope_decisions.models import DecisionStatus, ScopeDecision
from services.controls.programmes.security_objectives.models import SecurityObjective, SecurityObjectiveStatus
from services.controls.programmes.statements_of_applicability.models import Statement, StatementStatus
from services.controls.programmes.steps.rules import Done, Facts
from services.controls.register.controls.models import Control
from services.controls.testing.test_standings.models import Standing
from shared.data.base import table_of
from shared.data.records import found

_C = table_of(Control).c
_D = table_of(ScopeDecision).c
_K = table_of(Commitment).c
_O = table_of(SecurityObjective).c
_I = table_of(InterestedParty).c
_S = table_of(Statement).c
_T = table_of(Standing).c


async def facts_of(session: AsyncSession, programme_id: UUID, *, at: datetime) -> Facts:
    """What the steps of a programme are found by; `NotFound` when there is no such programme."""
    stands = await situation(session, programme_id, at)
    programme = await found(session, Programme, programme_id)
    assert programme is not None, "its situation was found"
    ready = await readiness(session, stands)
    return Facts(
        programme_id=programme_id,
        scheme=stands.scheme,
        report_type=stands.report_type,
        created_at=programme.created_at,
        completed_at=programme.closed_at if programme.status == ProgrammeStatus.COMPLETED else None,
        aim=Aim(
            programme.as_of_date or programme.period_start,
            programme.as_of_date or programme.period_end,
            programme.categories if stands.scheme == Scheme.SOC2 else (),
        ),
        lacking=ready.missing,
        proposed=[ref for ref, decision in stands.decisions.items() if decision.status == DecisionStatus.PROPOSED],
        lacks={each.ref: each.lacks for each in ready.requirements if each.state != State.NOT_RELEVANT},
        scope=await _done(session, _scope(programme_id)),
        objectives=await _done(session, _objectives(programme_id)),
        statement=await _done(session, _statement(programme_id)),
        controls=await _done(session, _controls(stands)),
        tests=await _done(session, _tests(stands)),
        risks=await known_risks(session),
        engagements=await engagements_for(session, programme_id),
        at=at,
    )


async def _done(session: AsyncSession, first_and_last: Select[Any]) -> Done:
    return Done(*(await session.execute(first_and_last)).one())


def _scope(programme_id: UUID) -> Select[Any]:
    """When what is in force of the scope was recorded: commitments, interested parties and decisions."""
    instants = (
        select(_K.created_at.label("at"))
        .where(_K.programme_id == programme_id, _K.status == CommitmentStatus.IN_FORCE)
        .union_all(
            select(_I.created_at).where(_I.programme_id == programme_id, _I.status == InterestedPartyStatus.RELEVANT),
            select(_D.in_force_since).where(_D.programme_id == programme_id, _D.status == DecisionStatus.IN_FORCE),
        )
        .subquery()
    )
    return select(func.min(instants.c.at), func.max(instants.c.at))


def _objectives(programme_id: UUID) -> Select[Any]:
    return select(func.min(_O.created_at), func.min(_O.created_at)).where(
        _O.programme_id == programme_id, _O.status == SecurityObjectiveStatus.IN_FORCE
    )


def _statement(programme_id: UUID) -> Select[Any]:
    """When the first statement was drafted that was not withdrawn, and when the one in force was approved."""
    in_force = _S.status == StatementStatus.APPROVED
    return select(func.min(_S.created_at), func.max(_S.approved_at).filter(in_force)).where(
        _S.programme_id == programme_id, _S.status != StatementStatus.WITHDRAWN
    )


def _controls(stands: Situation) -> Select[Any]:
    """When work on the controls that answer the framework began, and when the last one came into operation.

    It began when the first was written down here, or came into operation if that was before.
    """
    known = mapped_controls(stands.framework, stands.as_of)
    first = func.min(func.least(_C.created_at, _C.implemented_at))
    return select(first, func.max(_C.implemented_at)).join(known, known.c.id == _C.id)


def _tests(stands: Situation) -> Select[Any]:
    """When the first test of such a control came to what it is now, and when the last one was concluded."""
    known = mapped_controls(stands.framework, stands.as_of)
    return (
        select(func.min(_T.since), func.max(_T.concluded_at))
        .join(known, known.c.id == _T.control_id)
        .where(_T.withdrawn_at.is_(None))
    )
