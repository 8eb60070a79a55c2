from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import any_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.requirements.queries import scope_of
from services.controls.programmes.commitments.models import (
    Commitment,
    CommitmentKind,
    CommitmentSource,
    CommitmentStatus,
)
from services.controls.programmes.programmes.models import Programme
from services.controls.programmes.scope_decisions.schemas import Ref
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(Commitment).c

_COMMITMENT = select(
    _C.id,
    _C.programme_id,
    _C.kind,
    _C.text,
    _C.source,
    _C.source_reference,
    _C.criteria,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

commitment = One("commitment", _COMMITMENT, by=_C.id)


class CommitmentQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    programme_id: UUID | None = None
    kind: CommitmentKind | None = None
    source: CommitmentSource | None = None
    criterion: Annotated[Ref | None, Where(lambda ref: ref == any_(_C.criteria))] = Field(
        default=None, description="Only those that belong to this criterion"
    )
    status: CommitmentStatus | None = None
    updated_since: UpdatedSince = None


commitments = Listing(_COMMITMENT, id=_C.id, query=CommitmentQuery)


async def groups_in_scope(session: AsyncSession, programme: Programme) -> dict[str, str]:
    """The group of every criterion in the programme's scope, by its reference, in the order of the framework."""
    scope = await scope_of(session, programme.framework_version_id, programme.categories)
    return {row.ref: row.group_ref for row in scope}


async def in_force(session: AsyncSession, programme_id: UUID) -> Sequence[Commitment]:
    """Every commitment of the programme that was not withdrawn, in the order in which they were recorded."""
    standing = select(Commitment).where(_C.programme_id == programme_id, _C.status == CommitmentStatus.IN_FORCE)
    return (await session.scalars(standing.order_by(_C.created_at, _C.id))).all()


async def by_criterion(session: AsyncSession, programme_id: UUID) -> dict[str, list[UUID]]:
    """The ids of the commitments in force that belong to each criterion."""
    found: dict[str, list[UUID]] = {}
    for commitment in await in_force(session, programme_id):
        for ref in commitment.criteria:
            found.setdefault(ref, []).append(commitment.id)
    return found
