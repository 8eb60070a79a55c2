from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.intake.storage.models import Storage, StorageQuota
from services.evidence.intake.storage.rules import room_left
from services.evidence.settings import file_settings
from shared.data.base import table_of

_S = table_of(Storage).c
_Q = table_of(StorageQuota).c


@dataclass(frozen=True, slots=True)
class Usage:
    """How many bytes an organisation's files take, and how many they may."""

    used_bytes: int
    quota_bytes: int

    @property
    def left_bytes(self) -> int:
        return room_left(self.quota_bytes, self.used_bytes)


async def usage(session: AsyncSession) -> Usage:
    """What is used and what may be: the operator's limit for this organisation, or else the one of all."""
    used = await session.scalar(select(_S.used_bytes))
    own = await session.scalar(select(_Q.quota_bytes))
    return Usage(used or 0, file_settings().storage_quota_bytes if own is None else own)
