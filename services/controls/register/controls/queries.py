from collections.abc import Iterable

from sqlalchemy import ARRAY, DateTime, Text, any_, bindparam, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.register.controls.models import Control
from services.controls.register.controls.schemas import NamedControl
from shared.data.base import table_of
from shared.data.reads import Listing, One, mentioned

_C = table_of(Control).c

_CONTROL = select(
    _C.id,
    _C.code,
    _C.title,
    _C.statement,
    _C.owner,
    _C.kind,
    _C.nature,
    _C.frequency,
    _C.requirements,
    _C.recurrence,
    _C.status,
    _C.author,
    _C.backup_owner,
    _C.definition,
    _C.pending_definition,
    _C.pending_from,
    _C.implemented_at,
    _C.retired_at,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

control = One("control", _CONTROL, by=_C.id)

controls = Listing(
    _CONTROL,
    id=_C.id,
    filters={
        "status": _C.status == bindparam("status", type_=Text()),
        "owner": _C.owner == bindparam("owner", type_=Text()),
        "requirement": bindparam("requirement", type_=Text()) == any_(_C.requirements),
        "q": mentioned(_C.title, _C.code),
        "updated_since": _C.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"code": _C.code, "created_at": _C.created_at, "updated_at": _C.updated_at},
)


async def named(session: AsyncSession, codes: Iterable[str]) -> dict[str, NamedControl]:
    """The controls with these codes, by code."""
    wanted = literal(sorted(codes), ARRAY(Text()))
    found = await session.execute(select(_C.id, _C.code, _C.title).where(_C.code == func.any(wanted)))
    return {row.code: NamedControl(id=row.id, code=row.code, title=row.title) for row in found}
