from uuid import UUID

from sqlalchemy import Date, DateTime, Text, Uuid, and_, bindparam, column, func, or_, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.policies.policy_versions.models import PolicyVersion, VersionStatus
from shared.data.base import table_of
from shared.data.reads import Listing, One

_V = table_of(PolicyVersion).c
# The policy's own table, by name: its queries are made of this one.
_POLICIES = table("policies", column("id", Uuid()), column("code", Text()), column("org_id", Uuid()))
_DAY = bindparam("in_force_on", type_=Date())

_SUMMARY = select(
    _V.id,
    _V.policy_id,
    _POLICIES.c.code.label("policy_code"),
    _V.number,
    _V.sha256,
    _V.summary,
    _V.status,
    _V.authors,
    _V.approvers,
    _V.quorum,
    _V.published_by,
    _V.published_at,
    _V.effective_on,
    _V.effective_until,
    _V.version,
    _V.created_at,
    _V.updated_at,
).join(_POLICIES, _POLICIES.c.id == _V.policy_id)

version = One("version", _SUMMARY.add_columns(_V.markdown, _V.file, _V.round, _V.decisions), by=_V.id)

versions = Listing(
    _SUMMARY,
    id=_V.id,
    filters={
        "policy_id": _V.policy_id == bindparam("policy_id", type_=Uuid()),
        "status": _V.status == bindparam("status", type_=Text()),
        "in_force_on": and_(_V.effective_on <= _DAY, or_(_V.effective_until.is_(None), _V.effective_until > _DAY)),
        "updated_since": _V.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"created_at": _V.created_at, "updated_at": _V.updated_at},
)

_UNFINISHED = (VersionStatus.DRAFT, VersionStatus.IN_APPROVAL, VersionStatus.APPROVED)


async def next_number(session: AsyncSession, policy_id: UUID) -> tuple[int, int | None]:
    """The number of the next version, and that of the one which is still on its way, if there is one."""
    on_its_way = func.max(_V.number).filter(_V.status.in_(_UNFINISHED))
    query = select(func.coalesce(func.max(_V.number), 0) + 1, on_its_way).where(_V.policy_id == policy_id)
    number, unfinished = (await session.execute(query)).one()
    return number, unfinished
