from collections.abc import Collection
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.papers.firm_procedures.models import FirmProcedure, FirmProcedureStatus
from services.audit.wording.contents import HowTested
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Code, Search, UpdatedSince

_C = table_of(FirmProcedure).c

_PROCEDURE = select(_C.id, _C.code, _C.title, _C.kind, _C.text, _C.status, _C.version, _C.created_at, _C.updated_at)

procedure = One("firm procedure", _PROCEDURE, by=_C.id)


class FirmProcedureQuery(ListQuery):
    sort: Literal["code", "-code", "created_at", "-created_at", "updated_at", "-updated_at"] = "code"
    code: Code | None = None
    kind: HowTested | None = None
    status: FirmProcedureStatus | None = None
    q: Annotated[Search | None, Mentions("code", "title", "text")] = Field(
        default=None, description="In code, title and text"
    )
    updated_since: UpdatedSince = None


procedures = Listing(_PROCEDURE, id=_C.id, query=FirmProcedureQuery)


async def has_code(session: AsyncSession, code: str) -> bool:
    """Whether a procedure in use has this code."""
    query = select(_C.id).where(_C.code == code, _C.status == FirmProcedureStatus.IN_USE.value)
    return await session.scalar(query) is not None


async def firm_procedures_known(session: AsyncSession, ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these ids that the firm has a procedure of, in use or retired."""
    return frozenset(await session.scalars(select(_C.id).where(among(_C.id, ids)))) if ids else frozenset()
