from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.vendors.known_evidence.models import EvidenceState, KnownEvidence
from shared.data.base import table_of
from shared.data.bulk import among
from shared.problems import Fault, Invalid

_E = table_of(KnownEvidence).c
_STANDING = frozenset({EvidenceState.SUBMITTED.value, EvidenceState.ACCEPTED.value})


class UnusableEvidence(Invalid):
    """Some of the evidence does not exist, or was returned or replaced."""


async def require_evidence(session: AsyncSession, ids: Sequence[UUID], pointer: str) -> None:
    """`UnusableEvidence` names the items of a list that do not stand, as `require_items` does."""
    await require_items(session, {f"{pointer}/{place}": key for place, key in enumerate(ids)})


async def require_items(session: AsyncSession, named: Mapping[str, UUID | None]) -> None:
    """`UnusableEvidence` names the items, by pointer, that do not stand. None names none.

    Their news may be on its way: the request waits for it.
    """
    given = {pointer: key for pointer, key in named.items() if key is not None}
    rows = await session.execute(select(_E.id, _E.state).where(among(_E.id, list(given.values()))))
    states = {row.id: row.state for row in rows}
    faults = [
        Fault(pointer, f"This evidence was {states[key]}." if key in states else "unknown evidence")
        for pointer, key in given.items()
        if states.get(key) not in _STANDING
    ]
    if faults:
        raise UnusableEvidence("Name evidence that stands.", faults=faults, may_be_late=True)
