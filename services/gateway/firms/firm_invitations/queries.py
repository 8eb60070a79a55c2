from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, DateTime, and_, bindparam, case, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access.api_clients.rules import digest_of
from services.gateway.firms.firm_invitations.models import FirmInvitation, InvitationSecret, InvitationStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import AsOf, AsOfQuery, Email, Search, UpdatedSince

_I = table_of(FirmInvitation).c
_S = table_of(InvitationSecret).c

_AS_OF: ColumnElement[object] = bindparam("as_of", type_=DateTime(timezone=True))
_IS_EXPIRED = and_(_I.status == InvitationStatus.OPEN.value, _I.expires_at <= _AS_OF)

_INVITATION = select(
    _I.id,
    _I.firm_name,
    _I.contact_name,
    _I.contact_email,
    _I.invited_by,
    _I.expires_at,
    case((_IS_EXPIRED, InvitationStatus.EXPIRED.value), else_=_I.status).label("status"),
    _I.firm_id,
    _I.ended_at,
    _I.version,
    _I.created_at,
    _I.updated_at,
)

firm_invitation = One("firm invitation", _INVITATION, by=_I.id, query=AsOfQuery)


class FirmInvitationQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    q: Annotated[Search | None, Mentions("firm_name", "contact_name", "contact_email")] = Field(
        default=None, description="In the name of the firm, or the name or address of the contact"
    )
    status: InvitationStatus | None = None
    contact_email: Email | None = None
    firm_id: UUID | None = None
    updated_since: UpdatedSince = None
    as_of: AsOf = Field(description="The status as of this instant; now when left out")


firm_invitations = Listing(_INVITATION, id=_I.id, query=FirmInvitationQuery)

_NAME_INVITATION = text("select set_config('app.invitation_digest', :digest, true)")


async def invitation_with_secret(session: AsyncSession, secret: str) -> InvitationSecret | None:
    """The invitation of this secret, of whatever organisation: a policy shows the one that the transaction names."""
    digest = digest_of(secret)
    await session.execute(_NAME_INVITATION, {"digest": digest.hex()})
    return (await session.scalars(select(InvitationSecret).where(_S.digest == digest))).one_or_none()
