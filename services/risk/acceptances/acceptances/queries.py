from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, case, exists, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.risk.acceptances.acceptances.models import LIVE, PENDING, Acceptance, AcceptanceStatus, StaleCode
from services.risk.register.known_controls.queries import frozen_as_shown
from services.risk.register.risks.models import Risk
from services.risk.register.risks.queries import ALL_SHOWN
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.data.records import lock_rows
from shared.data.scopes import only_shown
from shared.http.fields import PersonRef, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_C = table_of(Acceptance).c
_R = table_of(Risk).c
_LIVE = sorted(LIVE)

# A reason may name any control of the risk as it was called then: an auditor reads it where all of these are in scope.
_REASON = func.jsonb_array_elements(_C.stale_reasons).table_valued("value", name="reason").render_derived()
_NAMES_NO_CONTROL = _REASON.c.value.op("->>")(literal_column("'code'")) != StaleCode.CONTROL_FAILING.value
_WITHOUT_CONTROLS = (
    select(func.coalesce(func.jsonb_agg(_REASON.c.value), literal_column("'[]'::jsonb")))
    .select_from(_REASON)
    .where(_NAMES_NO_CONTROL)
    .correlate(table_of(Acceptance))
    .scalar_subquery()
)
_ALL_SHOWN = select(ALL_SHOWN).where(_R.id == _C.risk_id).correlate(table_of(Acceptance)).scalar_subquery()
_STALE_REASONS = case((_ALL_SHOWN, _C.stale_reasons), else_=_WITHOUT_CONTROLS)

_ACCEPTANCE = select(
    _C.id,
    _C.risk_id,
    _C.risk_code,
    _C.status,
    _C.round,
    _C.rationale,
    only_shown(_C.compensating_control_ids).label("compensating_control_ids"),
    frozen_as_shown(_C.frozen, table_of(Acceptance), key="id").label("frozen"),
    named(_C.owner_id).label("owner"),
    _C.level,
    _C.approvers_needed,
    _C.approver_roles,
    _C.proposed_by,
    _C.proposed_at,
    _C.decisions,
    _C.expires_at,
    _C.in_force_at,
    _C.stale_at,
    _STALE_REASONS.label("stale_reasons"),
    _C.ended_at,
    _C.end_reason,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

acceptance = One("acceptance", _ACCEPTANCE, by=_C.id)


class AcceptanceQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "expires_at", "-expires_at"] = "-created_at"
    risk_id: UUID | None = None
    status: AcceptanceStatus | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    level: str | None = Field(default=None, max_length=40)
    expires_before: Annotated[datetime | None, Where(lambda value: _C.expires_at < value)] = None
    updated_since: UpdatedSince = None


acceptances = Listing(_ACCEPTANCE, id=_C.id, query=AcceptanceQuery)

# Who decides is the risk's owner of now: the duty goes with the risk.
to_decide = rows_of(
    id=_C.id,
    title=_C.risk_code + " " + _C.rationale,
    person=_R.owner_id,
    where=(_C.status == AcceptanceStatus.PROPOSED.value) & (_R.id == _C.risk_id),
)


def due(as_of: datetime) -> Select[Any]:
    """The organisations with acceptances of which the clock has something to say."""
    return select(_C.org_id).where(_C.due_at <= as_of)


async def locked_live(session: AsyncSession, risk_ids: Collection[UUID]) -> list[Acceptance]:
    """The acceptances of these risks that have not ended, locked, in the order of ids."""
    live = select(Acceptance).where(among(_C.risk_id, risk_ids), among(_C.status, _LIVE)).order_by(col(Acceptance.id))
    return [*await lock_rows(session, live)]


async def has_pending(session: AsyncSession, risk_id: UUID, *, besides: UUID | None = None) -> bool:
    """Whether another acceptance of a risk waits to be decided on."""
    pending = [_C.risk_id == risk_id, among(_C.status, sorted(PENDING))]
    if besides is not None:
        pending.append(_C.id != besides)
    return bool(await session.scalar(select(exists().where(*pending))))
