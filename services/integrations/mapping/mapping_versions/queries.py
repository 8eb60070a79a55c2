from collections.abc import Collection, Mapping
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.mapping.mapping_versions.models import MappingStatus, MappingVersion
from services.integrations.mapping.rule_application.rules import Own
from services.integrations.mapping.rule_terms.schemas import RuleTerms
from services.integrations.mapping.rule_writing.rules import rule_set
from services.integrations.receiving.sources.models import SourceKind
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(MappingVersion).c

_VERSION = select(
    _C.id,
    _C.kind,
    _C.number,
    _C.status,
    _C.rules,
    _C.no_facts,
    _C.reason,
    _C.authored_by,
    _C.trial,
    _C.tried_at,
    _C.put_in_force_by,
    _C.put_in_force_at,
    _C.replaced_at,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

mapping_version = One("mapping version", _VERSION, by=_C.id)


class MappingVersionQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    kind: SourceKind | None = None
    status: MappingStatus | None = None
    updated_since: UpdatedSince = None


mapping_versions = Listing(_VERSION, id=_C.id, query=MappingVersionQuery)


async def next_number(session: AsyncSession, kind: SourceKind) -> int:
    """The number of the next version of a kind. The caller lets no other transaction ask meanwhile."""
    highest: int | None = await session.scalar(select(func.max(_C.number)).where(_C.kind == kind.value))
    return (highest or 0) + 1


async def in_force(session: AsyncSession, kinds: Collection[str]) -> Mapping[str, Own]:
    """The organisation's own rules of these kinds of sender that are in force."""
    columns = (_C.kind, _C.number, _C.rules, _C.no_facts)
    current = select(*columns).where(_C.status == MappingStatus.IN_FORCE.value, among(_C.kind, list(kinds)))
    return {row.kind: own_rules(row.number, row.rules, row.no_facts) for row in await session.execute(current)}


def own_rules(number: int, rules: list[dict[str, object]], no_facts: list[str]) -> Own:
    """A version's rules, as they are applied."""
    return Own(rule_set([RuleTerms.model_validate(each) for each in rules], no_facts), number)
