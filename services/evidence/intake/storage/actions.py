"""The verbs of storage: reserve room for a file, give it back, and what the operator's quota is.

One row an organisation counts the bytes, and the statement that adds to it checks the quota, so that uploads at the
same time cannot exceed it together. Room is reserved before the bytes come and stays reserved while the file is kept. A
transaction that gives room back does so last: it waits for no other lock while it holds this row.
"""

from sqlalchemy import BigInteger, Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.intake.storage.models import Storage, StorageQuota
from services.evidence.intake.storage.queries import usage
from services.evidence.settings import file_settings
from shared.data.base import table_of
from shared.data.sessions import organisation_of
from shared.events.catalogue.gateway import StorageQuotaSet
from shared.events.replicas import Facet, Replica
from shared.problems import Conflict

QUOTAS = Replica(StorageQuota, Facet("version", (StorageQuotaSet,), "quota_bytes"))

_S, _Q = table_of(Storage), table_of(StorageQuota)
_ORGANISATION = bindparam("organisation", type_=Uuid())
_SIZE = bindparam("size", type_=BigInteger())
_OWN_QUOTA = select(_Q.c.quota_bytes).where(_Q.c.org_id == _ORGANISATION).scalar_subquery()
_QUOTA = func.coalesce(_OWN_QUOTA, bindparam("quota_of_all", type_=BigInteger()))
_RESERVE = (
    update(_S)
    .where(_S.c.org_id == _ORGANISATION, _S.c.used_bytes + _SIZE <= _QUOTA)
    .values(used_bytes=_S.c.used_bytes + _SIZE)
    .returning(_S.c.used_bytes)
)


class StorageFull(Conflict):
    """The file does not fit into the storage quota."""


async def reserve(session: AsyncSession, size: int) -> None:
    """Take room for `size` bytes; `StorageFull` when less is left, which says how much."""
    org_id = organisation_of(session)
    values = {"size": size, "organisation": org_id, "quota_of_all": file_settings().storage_quota_bytes}
    if await session.scalar(_RESERVE, values) is not None:
        return
    await session.execute(insert(_S).values(org_id=org_id, used_bytes=0).on_conflict_do_nothing())
    if await session.scalar(_RESERVE, values) is None:
        now = await usage(session)
        raise StorageFull(f"{now.left_bytes} of {now.quota_bytes} bytes are left, and this needs {size}.")


async def give_back(session: AsyncSession, size: int) -> None:
    """Give back room for `size` bytes that are not kept, or not any more."""
    if size:
        row = update(_S).where(_S.c.org_id == organisation_of(session))
        await session.execute(row.values(used_bytes=_S.c.used_bytes - size))
