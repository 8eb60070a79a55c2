from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.conduct.proposals.models import Proposal, ProposalStatus
from services.audit.engagements.known_firms.models import KnownFirm
from services.audit.engagements.known_organisations.models import KnownOrganisation
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One, json_object
from shared.http.fields import UpdatedSince

_P = table_of(Proposal).c
_F = table_of(KnownFirm).c
_O = table_of(KnownOrganisation).alias("client").c
_T = table_of(KnownOrganisation).alias("party").c

_NAME_OF_CLIENT = select(_O.title).where(_O.id == _P.org_id).scalar_subquery()
_NAME_OF_FIRM = func.coalesce(
    select(_F.name).where(_F.id == _P.firm_id).scalar_subquery(),
    select(_T.title).where(_T.id == _P.firm_id).scalar_subquery(),
)
_PROPOSAL = select(
    _P.id,
    _P.engagement_id,
    _P.title,
    _P.kind,
    json_object(id=_P.org_id, name=_NAME_OF_CLIENT).label("client"),
    json_object(id=_P.firm_id, name=_NAME_OF_FIRM).label("firm"),
    _P.status,
    _P.proposed_by,
    _P.settled_by,
    _P.settled_at,
    _P.reason,
    _P.version,
    _P.created_at,
    _P.updated_at,
)

proposal = One("proposal", _PROPOSAL, by=_P.id)


class ProposalQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    engagement_id: UUID | None = None
    firm_id: Annotated[UUID | None, Where(lambda firm: _P.firm_id == firm)] = None
    status: ProposalStatus | None = None
    updated_since: UpdatedSince = None


proposals = Listing(_PROPOSAL, id=_P.id, query=ProposalQuery)


async def open_proposal_id(session: AsyncSession, engagement_id: UUID) -> UUID | None:
    """The proposal of an engagement that the firm has not decided on; None when there is none."""
    query = select(_P.id).where(_P.engagement_id == engagement_id, _P.status == ProposalStatus.OPEN.value)
    return (await session.execute(query)).scalar_one_or_none()
