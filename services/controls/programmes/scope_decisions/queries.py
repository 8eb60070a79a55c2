from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.requirements.queries import scope_of
from services.controls.programmes.programmes.models import Programme
from services.controls.programmes.scope_decisions.models import DecisionStatus, ScopeDecision
from services.controls.programmes.scope_decisions.schemas import Ref
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(ScopeDecision).c

_DECISION = select(
    _C.id,
    _C.programme_id,
    _C.requirement,
    _C.relevant,
    _C.reason,
    _C.grounds,
    _C.risks,
    _C.status,
    _C.author,
    _C.approver,
    _C.in_force_since,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

decision = One("scope decision", _DECISION, by=_C.id)


class DecisionQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    programme_id: UUID | None = None
    requirement: Ref | None = None
    relevant: bool | None = None
    status: DecisionStatus | None = None
    updated_since: UpdatedSince = None


decisions = Listing(_DECISION, id=_C.id, query=DecisionQuery)


async def kinds_in_scope(session: AsyncSession, programme: Programme) -> dict[str, str]:
    """The kind of every requirement in the programme's scope, by its reference."""
    scope = await scope_of(session, programme.framework_version_id, programme.categories)
    return {row.ref: row.kind for row in scope}


async def standing(session: AsyncSession, programme_id: UUID) -> Sequence[ScopeDecision]:
    """Every decision of the programme that is proposed or in force."""
    live = select(ScopeDecision).where(_C.programme_id == programme_id, _C.status != DecisionStatus.WITHDRAWN)
    return (await session.scalars(live)).all()
