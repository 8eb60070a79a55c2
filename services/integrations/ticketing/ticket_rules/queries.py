from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.ticketing.connections.models import ConnectionStatus, TicketConnection
from services.integrations.ticketing.ticket_rules.models import TicketRule, TicketRuleDay, TicketRuleStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.data.sessions import organisation_of
from shared.http.fields import Search, UpdatedSince

_R = table_of(TicketRule).c
_D = table_of(TicketRuleDay).c
_C = table_of(TicketConnection).c


def _sum(column: Any) -> Any:
    return select(func.coalesce(func.sum(column), 0)).where(_D.rule_id == _R.id).scalar_subquery()


_RULE = select(
    _R.id,
    _R.title,
    _R.connection_id,
    _R.types,
    _R.conditions,
    _R.most_per_day,
    _sum(_D.opened).label("opened"),
    _sum(_D.skipped).label("skipped"),
    _R.status,
    _R.version,
    _R.created_at,
    _R.updated_at,
)

rule = One("ticket rule", _RULE, by=_R.id)


class TicketRuleQuery(ListQuery):
    sort: Literal["title", "-title", "created_at", "-created_at", "updated_at", "-updated_at"] = "title"
    connection_id: UUID | None = None
    status: TicketRuleStatus | None = None
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


rules = Listing(_RULE, id=_R.id, query=TicketRuleQuery)


async def active_rules(session: AsyncSession) -> Sequence[TicketRule]:
    """The organisation's rules that are not retired, and whose connection is not."""
    query = (
        select(TicketRule)
        .join(TicketConnection, _C.id == _R.connection_id)
        .where(_R.status == TicketRuleStatus.ACTIVE.value, _C.status != ConnectionStatus.RETIRED.value)
    )
    return (await session.scalars(query.order_by(_R.id))).all()


async def count_rules(session: AsyncSession) -> Any:
    """How many rules the organisation has that are not retired."""
    return await session.scalar(select(func.count()).where(_R.status == TicketRuleStatus.ACTIVE.value))


async def day_of(session: AsyncSession, rule_id: UUID, day: date) -> TicketRuleDay:
    """The counts of a rule on a day, locked."""
    row = {"org_id": organisation_of(session), "rule_id": rule_id, "day": day, "opened": 0, "skipped": 0}
    await session.execute(insert(table_of(TicketRuleDay)).values(row).on_conflict_do_nothing())
    query = select(TicketRuleDay).where(_D.rule_id == rule_id, _D.day == day).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()
