from typing import Annotated, Literal

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.risk.methods.method_previews.models import MethodMove, MoveDirection
from services.risk.register.risks.models import Risk
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, json_object
from shared.data.records import lock_rows
from shared.events.catalogue.risk import RiskStanding, RiskStatus

_M = table_of(MethodMove).c


class MethodMoveQuery(ListQuery):
    sort: Literal["risk_code", "-risk_code"] = "risk_code"
    direction: MoveDirection | None = None
    standing_after: RiskStanding | None = None
    crosses: Annotated[bool | None, Where(lambda value: (_M.standing_before != _M.standing_after) == value)] = None


moves_of_method = Listing(
    select(
        _M.id,
        _M.risk_id,
        _M.risk_code,
        _M.risk_title,
        json_object(likelihood=_M.likelihood_before, impact=_M.impact_before, level=_M.level_before).label("before"),
        json_object(likelihood=_M.likelihood_after, impact=_M.impact_after, level=_M.level_after).label("after"),
        _M.direction,
        _M.standing_before,
        _M.standing_after,
        (_M.standing_before != _M.standing_after).label("crosses"),
    ).where(_M.method_id == bindparam("method_id", type_=Uuid())),
    id=_M.id,
    query=MethodMoveQuery,
)


async def locked_register(session: AsyncSession) -> list[Risk]:
    """Every risk that is not closed, locked in the order of ids. The caller has locked the register."""
    not_closed = select_rows(Risk).where(col(Risk.status) != RiskStatus.CLOSED)
    return [*await lock_rows(session, not_closed.order_by(col(Risk.id)))]
