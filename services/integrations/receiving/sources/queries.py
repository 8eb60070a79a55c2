from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Uuid, bindparam, func, literal, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.integrations.receiving.deliveries.models import Delivery, DeliveryState, Tally, TallyCode
from services.integrations.receiving.sources.models import Source, SourceKind, SourceSecret, SourceStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One, json_object
from shared.http.fields import PersonRef, Search, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_C = table_of(Source).c
_S = table_of(SourceSecret).c
_D = table_of(Delivery).c
_T = table_of(Tally).c
_LATELY: ColumnElement[Any] = literal_column("interval '7 days'")


def _of_deliveries(what: Any, *conditions: Any) -> Any:
    return select(what).where(_D.source_id == _C.id, *conditions).scalar_subquery()


def _in_state(state: DeliveryState) -> Any:
    return _of_deliveries(func.count(), _D.state == state.value)


_LAST_EVENT = (
    select(_D.event)
    .where(_D.source_id == _C.id)
    .order_by(_D.received_at.desc(), _D.id.desc())
    .limit(1)
    .scalar_subquery()
)
_UNPROVEN = (
    select(func.coalesce(func.sum(_T.count), 0))
    .where(_T.source_id == _C.id, _T.code == TallyCode.UNPROVEN.value, _T.last_at > func.now() - _LATELY)
    .scalar_subquery()
)

_SOURCE = select(
    _C.id,
    _C.title,
    _C.kind,
    _C.scheme,
    _C.header,
    named(_C.owner_id).label("owner"),
    (literal("/v1/hooks/") + _C.address).label("path"),
    _C.branches,
    _C.topic_arn,
    _C.origins,
    _C.status,
    json_object(
        last_received_at=_of_deliveries(func.max(_D.received_at)),
        last_event=_LAST_EVENT,
        waiting=_in_state(DeliveryState.RECEIVED),
        unmapped=_in_state(DeliveryState.UNMAPPED),
        failed=_in_state(DeliveryState.FAILED),
        unproven=_UNPROVEN,
    ).label("standing"),
    _C.version,
    _C.created_at,
    _C.updated_at,
)

source = One("source", _SOURCE, by=_C.id)


class SourceQuery(ListQuery):
    sort: Literal["title", "-title", "created_at", "-created_at", "updated_at", "-updated_at"] = "title"
    kind: SourceKind | None = None
    status: SourceStatus | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


sources = Listing(_SOURCE, id=_C.id, query=SourceQuery)

owned = rows_of(id=_C.id, title=_C.title, person=_C.owner_id, where=col(Source.status) == SourceStatus.ACTIVE)


class SourceSecretQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    updated_since: UpdatedSince = None


source_secrets = Listing(
    select(_S.id, _S.created_at, _S.expires_at, _S.revoked_at, _S.last_used_at, _S.updated_at).where(
        _S.source_id == bindparam("source_id", type_=Uuid())
    ),
    id=_S.id,
    query=SourceSecretQuery,
)


async def secrets_of(session: AsyncSession, source_id: UUID) -> Sequence[SourceSecret]:
    """All secrets of a source, the oldest first."""
    rows = select(SourceSecret).where(_S.source_id == source_id).order_by(_S.created_at, _S.id)
    return (await session.scalars(rows)).all()
