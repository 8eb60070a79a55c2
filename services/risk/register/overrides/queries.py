from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.risk.register.overrides.models import LIVE, Override, OverrideStatus
from services.risk.register.risks.models import Risk
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One, json_object
from shared.http.fields import UpdatedSince

_O = table_of(Override).c
_R = table_of(Risk).c

_OVERRIDE = select(
    _O.id,
    _O.risk_id,
    _R.code.label("risk_code"),
    _R.title.label("risk_title"),
    json_object(likelihood=_O.likelihood, impact=_O.impact, level=_O.level).label("rating"),
    _O.reason,
    _O.expires_at,
    _O.status,
    _O.proposed_by,
    _O.approvals,
    _O.basis,
    _O.in_force_at,
    _O.ended_at,
    _O.ended_by,
    _O.end_reason,
    _O.version,
    _O.created_at,
    _O.updated_at,
).join(table_of(Risk), _R.id == _O.risk_id)

override = One("override", _OVERRIDE, by=_O.id)


class OverrideQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "expires_at", "-expires_at", "updated_at", "-updated_at"] = "-created_at"
    risk_id: UUID | None = None
    status: OverrideStatus | None = None
    updated_since: UpdatedSince = None


overrides = Listing(_OVERRIDE, id=_O.id, query=OverrideQuery)


async def has_live(session: AsyncSession, risk_id: UUID) -> bool:
    """Whether a risk has an override that is proposed or in force."""
    query = select_rows(Override.id).where(Override.risk_id == risk_id, col(Override.status).in_(LIVE))
    return (await session.execute(query.limit(1))).first() is not None


def with_expired(as_of: datetime) -> Select[Any]:
    """The organisations that have overrides whose term is over and which have not ended."""
    return select(_O.org_id).where(_O.status.in_(LIVE), _O.expires_at <= as_of).distinct()
