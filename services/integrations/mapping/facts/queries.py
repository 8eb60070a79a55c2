from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.mapping.facts.models import Fact
from services.integrations.mapping.rule_terms.models import FactKind
from shared.data.base import table_of
from shared.data.queries import AtOrAfter, ListQuery
from shared.data.reads import Listing
from shared.http.fields import Instant

_F = table_of(Fact).c


class FactQuery(ListQuery):
    sort: Literal["recorded_at", "-recorded_at", "observed_at", "-observed_at"] = "-recorded_at"
    source_id: UUID | None = None
    kind: FactKind | None = None
    thing: str | None = Field(default=None, max_length=600)
    state: str | None = Field(default=None, max_length=40)
    updated_since: Annotated[Instant | None, AtOrAfter("recorded_at")] = None


facts = Listing(
    select(
        _F.id,
        _F.source_id,
        _F.delivery_id,
        _F.kind,
        _F.thing,
        _F.run,
        _F.state,
        _F.observed_at,
        _F.url,
        _F.evidence,
        _F.not_evidence,
        _F.data,
        _F.rules_version,
        _F.recorded_at,
    ),
    id=_F.id,
    query=FactQuery,
)


async def record_once(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Record a fact unless its source told it before; whether it is new."""
    statement = insert(table_of(Fact)).values(values).on_conflict_do_nothing().returning(_F.id)
    return (await session.execute(statement)).one_or_none() is not None
