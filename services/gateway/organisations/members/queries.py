from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, exists, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.organisations.members.models import Member, MemberStatus
from services.gateway.organisations.members.rules import PossibleMember
from services.gateway.people.people.models import PersonAddress
from services.gateway.people.people.queries import named
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where, of_the_organisation
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince
from shared.identity.roles import Role

_C = table_of(Member).c
_A = table_of(PersonAddress).c

_MEMBER = select(
    _C.id,
    named(_C.person_id, "person"),
    _C.issuer,
    _C.subject,
    _C.roles,
    _C.ends_at,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

member = One("member", _MEMBER, by=_C.id)


class MemberQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    status: MemberStatus | None = None
    person: Annotated[UUID | None, Where(lambda person: _C.person_id == person)] = None
    role: Annotated[Role | None, Where(lambda value: value == any_(_C.roles))] = None
    updated_since: UpdatedSince = None


members = Listing(_MEMBER.where(of_the_organisation(_C.org_id)), id=_C.id, query=MemberQuery)


_NAME_IDENTITY = text(
    "select set_config('app.issuer', :issuer, true), set_config('app.subject', :subject, true),"
    " set_config('app.email', :email, true)"
)


async def is_known_as(session: AsyncSession, emails: Sequence[str], subject: str, issuer: str) -> bool:
    """Whether somebody of the session's organisation has one of these addresses, or signs in as this subject."""
    has_address = exists().where(_A.address == any_(literal(list(emails), ARRAY(Text()))), _A.current)
    signs_in = exists().where(_C.issuer == issuer, _C.subject == subject, _C.status == MemberStatus.ACTIVE)
    return bool(await session.scalar(select(has_address | signs_in)))


async def possible_members(
    session: AsyncSession, *, issuer: str, subject: str, email: str | None
) -> list[PossibleMember]:
    """The active members of all organisations whom a verified outside identity could mean.

    A policy shows them, and no others, to the transaction that names the identity.
    """
    await session.execute(_NAME_IDENTITY, {"issuer": issuer, "subject": subject, "email": email or ""})
    has_address = exists().where(_A.person_id == _C.person_id, _A.address == email, _A.current)
    query = select(Member, has_address).where(
        _C.status == MemberStatus.ACTIVE,
        or_((_C.issuer == issuer) & (_C.subject == subject), has_address),
    )
    return [PossibleMember(member, found) for member, found in await session.execute(query.order_by(_C.id))]
