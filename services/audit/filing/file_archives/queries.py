"""What an engagement file is assembled from, in the organisation of either party."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.audit.base import Base
from services.audit.engagements.engagements.models import Engagement
from services.audit.filing.file_archives.rules import SHOWN_DESCRIPTIONS, RecordList
from services.audit.papers.papers.models import Paper
from services.audit.proof.chronologies.queries import of_engagement
from services.audit.reporting.audit_reports.models import AuditReport, ReportStatus
from services.audit.requests.known_evidence.models import KnownEvidence
from services.audit.requests.request_answers.models import RequestAnswer
from shared.data.base import table_of
from shared.data.tables import events

_V = events.c
_BEFORE = events.alias("before")
_PAGE = 500
# What the firm saw of the client's trail: not its costs, plans and drafts.
_SHARED = (
    *("engagement", "engagement_document", "candidate", "request", "request_answer", "request_comment"),
    *("user_entity_control", "subservice_organisation", "system_incident", "significant_change"),
    "finding_remediation",
)
_SHARED_TYPES = ("audit.system_description.approved", "audit.system_description.superseded")


async def records_of(session: AsyncSession, records: RecordList, engagement_id: UUID) -> AsyncIterator[dict[str, Any]]:
    """The rows of a list, in the order of their ids; a page of them is in memory."""
    table = Base.metadata.tables[records.table]
    where = [table.c.engagement_id == engagement_id]
    if records.table == "system_descriptions":
        where.append(table.c.status.in_(SHOWN_DESCRIPTIONS))
    async for row in _paged(session, table, where):
        yield row


async def engagement_record(session: AsyncSession, engagement_id: UUID) -> dict[str, Any]:
    """The engagement as it was completed."""
    table = table_of(Engagement)
    query = select(func.to_jsonb(table.table_valued())).where(table.c.id == engagement_id)
    return dict((await session.execute(query)).scalar_one())


async def evidence_answered_with(session: AsyncSession, engagement_id: UUID) -> Sequence[dict[str, Any]]:
    """The items of evidence of all answers, with the digest of what each says; asked in the client's organisation."""
    answers = await session.scalars(select_rows(RequestAnswer).where(RequestAnswer.engagement_id == engagement_id))
    ids = sorted({UUID(item["id"]) for answer in answers for item in answer.evidence})
    table = table_of(KnownEvidence)
    rows = select(func.to_jsonb(table.table_valued())).where(table.c.id.in_(ids)).order_by(table.c.id)
    return list(await session.scalars(rows))


async def events_of(session: AsyncSession, engagement_id: UUID, *, of_client: bool) -> AsyncIterator[dict[str, Any]]:
    """The sealed events of the transaction's organisation about an engagement, each with the digest before it."""
    after = 0
    while True:
        query = _trail(engagement_id, of_client=of_client).where(_V.position > after).limit(_PAGE)
        rows = (await session.execute(query)).mappings().all()
        for row in rows:
            yield dict(row)
        if len(rows) < _PAGE:
            return
        after = rows[-1]["position"]


async def is_unsealed(session: AsyncSession, engagement_id: UUID) -> bool:
    """Whether some event about an engagement is not sealed yet."""
    waiting = exists().where(_V.digest.is_(None), of_engagement(literal(engagement_id)))
    return bool(await session.scalar(select(waiting)))


async def issued_reports(session: AsyncSession, engagement_id: UUID) -> Sequence[AuditReport]:
    """The reports of an engagement that were issued, whatever became of them."""
    issued = [ReportStatus.ISSUED.value, ReportStatus.SUPERSEDED.value, ReportStatus.WITHDRAWN.value]
    table = table_of(AuditReport).c
    query = select_rows(AuditReport).where(table.engagement_id == engagement_id, table.status.in_(issued))
    return (await session.scalars(query.order_by(table.kind, table.number))).all()


async def papers_to_read(session: AsyncSession, engagement_id: UUID) -> Sequence[Paper]:
    """The papers of an engagement, by number."""
    table = table_of(Paper).c
    query = select_rows(Paper).where(table.engagement_id == engagement_id)
    return (await session.scalars(query.order_by(table.number))).all()


def _trail(engagement_id: UUID, *, of_client: bool) -> Select[Any]:
    query = (
        select(*_V, func.coalesce(_BEFORE.c.digest, literal(bytes(32))).label("previous"))
        .outerjoin_from(events, _BEFORE, and_(_BEFORE.c.org_id == _V.org_id, _BEFORE.c.position == _V.position - 1))
        .where(of_engagement(literal(engagement_id)), _V.position.is_not(None))
        .order_by(_V.position)
    )
    if not of_client:
        return query
    noun = func.split_part(_V.type, ".", 2)
    return query.where(noun.in_(_SHARED) | _V.type.in_(_SHARED_TYPES))


async def _paged(session: AsyncSession, table: Any, where: Sequence[Any]) -> AsyncIterator[dict[str, Any]]:
    after: UUID | None = None
    while True:
        query = select(table.c.id, func.to_jsonb(table.table_valued()).label("row")).where(*where)
        if after is not None:
            query = query.where(table.c.id > after)
        rows = (await session.execute(query.order_by(table.c.id).limit(_PAGE))).all()
        for row in rows:
            yield row.row
        if len(rows) < _PAGE:
            return
        after = rows[-1].id
