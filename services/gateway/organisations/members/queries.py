from sqlalchemy import Text, any_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.organisations.members.models import Member, MemberStatus
from shared.data.base import table_of
from shared.data.reads import Listing, One

_C = table_of(Member).c

_MEMBER = select(
    _C.id,
    _C.email,
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

members = Listing(
    _MEMBER,
    id=_C.id,
    filters={
        "status": _C.status == bindparam("status", type_=Text()),
        "role": bindparam("role", type_=Text()) == any_(_C.roles),
    },
    sorts={"created_at": _C.created_at, "email": _C.email},
)


async def who_may_be(session: AsyncSession, *, issuer: str, subject: str, email: str | None) -> list[Member]:
    """The active members whom an outside identity could mean."""
    query = select(Member).where(
        _C.status == MemberStatus.ACTIVE,
        or_((_C.issuer == issuer) & (_C.subject == subject), _C.email == email),
    )
    return list(await session.scalars(query))
