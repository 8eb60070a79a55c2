"""The verb of a preview: rate the register by a version that is not in force, and keep what would change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.risk.methods.method_previews.models import MethodMove, MoveDirection
from services.risk.methods.method_previews.queries import locked_register
from services.risk.methods.method_previews.rules import Move, beyond_scales, counted, digest_of, moves
from services.risk.methods.method_previews.schemas import PreviewInput
from services.risk.methods.methods.actions import locked_draft, told_of
from services.risk.register.credits.queries import control_facts
from services.risk.terms.in_force.models import InForce
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.method_terms.models import Method, MethodStatus
from services.risk.terms.method_terms.schemas import MethodTerms
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.data.sessions import instant_of
from shared.events.catalogue.risk import RiskMethodPreviewed
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.identity.permissions import P
from shared.jobs.job import Outcome
from shared.jobs.work import Concluded, Job, Work
from shared.problems import Conflict

_NAMED = 10


class RatedBeyondScale(Conflict):
    """Some risks have ratings that are not on the scales of this method."""


async def preview(session: AsyncSession, method_id: UUID, *, by: Actor, at: datetime) -> None:
    """Keep how each risk would be rated. `RatedBeyondScale` names risks whose steps the new scales do not have."""
    in_force = await lock_register(session)
    method = await locked_draft(session, method_id, "preview")
    found = await moves_by(session, method, in_force)
    await session.execute(delete(MethodMove).where(col(MethodMove.method_id) == method.id))
    await insert_rows(session, table_of(MethodMove), [_row(method, move) for move in found])
    method.status, method.previewed_at = MethodStatus.PREVIEWED, at
    method.preview, method.preview_digest = counted(found), digest_of(found)
    moved = sum(move.direction != MoveDirection.SAME for move in found)
    event = RiskMethodPreviewed(**told_of(method), risks=len(found), moved=moved)
    announce(session, event, about=method, by=by, at=at)


async def moves_by(session: AsyncSession, method: Method, in_force: InForce) -> list[Move]:
    """How each risk would be rated by a version, the register being locked. `RatedBeyondScale`."""
    terms = MethodTerms.model_validate(method.terms)
    risks = await locked_register(session)
    _require_steps(beyond_scales(terms, risks))
    known = await control_facts(session, {control_id for risk in risks for control_id in risk.control_ids()})
    return moves(risks, known, terms=terms, levels_now=len(in_force.terms.levels))


async def preview_as_job(work: Work[PreviewInput]) -> Concluded:
    """The preview as a job."""

    async def previewed(session: AsyncSession) -> Outcome:
        await preview(session, work.input.method_id, by=work.by, at=instant_of(session))
        return Outcome(location=f"/v1/risk-methods/{work.input.method_id}")

    return await work.conclude(previewed)


METHOD_PREVIEW = Job("risk-method-preview", PreviewInput, P.RISK_METHODS_WRITE, preview_as_job)


def _require_steps(outside: Sequence[str]) -> None:
    """A step keeps its number when the scale changes, and none is taken for another without a person saying so."""
    if outside:
        more = f" and {len(outside) - _NAMED} more" if len(outside) > _NAMED else ""
        raise RatedBeyondScale(
            f"First rate these risks with steps of the new scales: {', '.join(outside[:_NAMED])}{more}."
        )


def _row(method: Method, move: Move) -> dict[str, Any]:
    risk, after = move.risk, move.after
    return {
        "id": new_id(),
        "org_id": method.org_id,
        "method_id": method.id,
        "risk_id": risk.id,
        "risk_code": risk.code,
        "risk_title": risk.title,
        "level_before": risk.current_level,
        "level_after": after.current_level,
        "direction": move.direction,
        "standing_before": risk.standing,
        "standing_after": after.standing,
        "likelihood_before": risk.current_likelihood,
        "impact_before": risk.current_impact,
        "likelihood_after": after.current_likelihood,
        "impact_after": after.current_impact,
    }
