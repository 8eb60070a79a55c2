from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.mapping.facts.models import Fact
from services.integrations.mapping.rule_terms.models import FactKind
from shared.data.base import table_of
from shared.data.bulk import document, inserting
from shared.data.queries import AtOrAfter, ListQuery
from shared.data.reads import Listing
from shared.http.fields import Instant

_F = table_of(Fact).c


_RECORD = inserting(table_of(Fact), table_of(Fact).columns.keys()).on_conflict_do_nothing().returning(_F.id)
_AT_ONCE = 1000


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
        _F.mapping_number,
        _F.replaces,
        _F.recorded_at,
    ),
    id=_F.id,
    query=FactQuery,
)


async def record_once(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Record the facts that their source has not told before; the ids of these. Rows have all columns."""
    new = set[UUID]()
    for begin in range(0, len(rows), _AT_ONCE):
        new.update(await session.scalars(_RECORD, document(rows[begin : begin + _AT_ONCE])))
    return new


@dataclass(frozen=True, slots=True)
class Former:
    """What was told of the same event before: the fact, and what it meant."""

    id: UUID
    state: str
    evidence: bool | None

    def says(self, state: str, evidence: bool | None) -> bool:
        """Whether it means this."""
        return (self.state, self.evidence) == (state, evidence)


async def told_of_the_same(
    session: AsyncSession, source_id: UUID, *, kind: str, thing: str, run: str | None, observed_at: datetime
) -> list[Former]:
    """The facts of a source about the same thing, run and time that no other replaces, the newest first."""
    later = table_of(Fact).alias("later")
    same = (_F.source_id == source_id, _F.thing == thing, _F.observed_at == observed_at, _F.kind == kind)
    standing = ~exists().where(later.c.replaces == _F.id)
    query = select(_F.id, _F.state, _F.evidence).where(*same, _F.run.is_not_distinct_from(run), standing)
    return [Former(*row) for row in await session.execute(query.order_by(_F.recorded_at.desc(), _F.id.desc()))]
