from typing import Literal

from sqlalchemy import false, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.methods.methods.schemas import MethodOut
from services.risk.terms.method_terms.models import Method, MethodStatus
from services.risk.terms.presets.rules import DEFAULT, PRESETS
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(Method).c

_METHOD = select(
    _C.id,
    _C.number,
    _C.title,
    _C.status,
    false().label("is_default"),
    _C.preset,
    _C.terms,
    _C.warnings,
    _C.authored_by,
    _C.preview,
    _C.previewed_at,
    _C.put_in_force_by,
    _C.put_in_force_at,
    _C.replaced_at,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

method = One("risk method", _METHOD, by=_C.id)
in_force = One("method with the state", _METHOD, by=_C.status)


class MethodQuery(ListQuery):
    sort: Literal["number", "-number", "updated_at", "-updated_at"] = "-number"
    status: MethodStatus | None = None
    updated_since: UpdatedSince = None


methods = Listing(_METHOD, id=_C.id, query=MethodQuery)

# What a reader sees while the organisation has put no method in force.
default_method = (
    MethodOut(
        id=None,
        number=0,
        title=PRESETS[DEFAULT].title,
        status=MethodStatus.IN_FORCE,
        is_default=True,
        preset=DEFAULT,
        terms=PRESETS[DEFAULT],
        warnings=[],
        authored_by=None,
        preview=None,
        previewed_at=None,
        put_in_force_by=None,
        put_in_force_at=None,
        replaced_at=None,
        version=0,
        created_at=None,
        updated_at=None,
    )
    .model_dump_json()
    .encode()
)


async def next_number(session: AsyncSession) -> int:
    """The number of the next version. The caller has locked the register."""
    highest: int | None = await session.scalar(select(func.max(_C.number)))
    return (highest or 0) + 1
