from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Boolean, DateTime, Text, Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.requirements.queries import scope_of
from services.controls.programmes.programmes.models import Programme
from services.controls.programmes.scope_decisions.models import DecisionStatus, ScopeDecision
from shared.data.base import table_of
from shared.data.reads import Listing, One

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

decisions = Listing(
    _DECISION,
    id=_C.id,
    filters={
        "programme_id": _C.programme_id == bindparam("programme_id", type_=Uuid()),
        "requirement": _C.requirement == bindparam("requirement", type_=Text()),
        "relevant": _C.relevant == bindparam("relevant", type_=Boolean()),
        "status": _C.status == bindparam("status", type_=Text()),
        "updated_since": _C.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"created_at": _C.created_at, "updated_at": _C.updated_at},
)


async def kinds_in_scope(session: AsyncSession, programme: Programme) -> dict[str, str]:
    """The kind of every requirement in the programme's scope, by its reference."""
    scope = await scope_of(session, programme.framework_version_id, programme.categories)
    return {row.ref: row.kind for row in scope}


async def standing(session: AsyncSession, programme_id: UUID) -> Sequence[ScopeDecision]:
    """Every decision of the programme that is proposed or in force."""
    live = select(ScopeDecision).where(_C.programme_id == programme_id, _C.status != DecisionStatus.WITHDRAWN)
    return (await session.scalars(live)).all()
