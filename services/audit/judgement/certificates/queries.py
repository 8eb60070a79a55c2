from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.audit.engagements.team_members.models import TeamMember
from services.audit.judgement.certificates.models import Certificate, CertificateStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(Certificate).c
_M = table_of(TeamMember).c
_EXPIRED = func.coalesce(_C.valid_until < func.date(func.timezone("UTC", func.now())), False)

_CERTIFICATE = select(
    _C.id,
    _C.engagement_id,
    _C.status,
    _C.scope,
    _C.soa_version,
    _C.decided_on,
    _C.valid_until,
    _EXPIRED.label("expired"),
    _C.surveillance_by,
    _C.decided_by,
    _C.history,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

certificate = One("certificate", _CERTIFICATE, by=_C.id)


class CertificateQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "decided_on", "-decided_on"] = "-created_at"
    engagement_id: UUID | None = None
    status: CertificateStatus | None = None
    expired: Annotated[bool | None, Where(lambda is_: is_ == _EXPIRED)] = Field(default=None)
    updated_since: UpdatedSince = None


certificates = Listing(_CERTIFICATE, id=_C.id, query=CertificateQuery)


async def ever_on_team(session: AsyncSession, engagement_id: UUID, person: UUID) -> bool:
    """Whether a person is or was on the team of an engagement."""
    was = exists().where(_M.engagement_id == engagement_id, _M.person_id == person)
    return bool(await session.scalar(select(was)))


async def is_decided(session: AsyncSession, engagement_id: UUID) -> bool:
    """Whether a certificate of this audit was granted or refused, and not only deferred."""
    decided = exists().where(_C.engagement_id == engagement_id, _C.status != CertificateStatus.DEFERRED.value)
    return bool(await session.scalar(select(decided)))


async def granted_certificate(session: AsyncSession, engagement_id: UUID) -> Certificate | None:
    """The certificate that was granted from this audit, whatever became of it; None where none was."""
    others = [CertificateStatus.REFUSED.value, CertificateStatus.DEFERRED.value]
    query = select_rows(Certificate).where(_C.engagement_id == engagement_id, _C.status.not_in(others))
    return (await session.scalars(query)).one_or_none()
