from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, Uuid, any_, bindparam, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.crosswalks.models import Crosswalk, CrosswalkStatus
from services.controls.frameworks.frameworks.models import Framework, FrameworkStatus, FrameworkVersion
from services.controls.frameworks.requirements.models import Requirement
from services.controls.programmes.programmes.models import Programme
from services.controls.programmes.upgrades.models import Upgrade
from services.controls.register.controls.models import Control, ControlStatus
from shared.data.base import table_of
from shared.data.records import lock_rows

_V = table_of(FrameworkVersion).c
_R = table_of(Requirement).c
_C = table_of(Control).c
_P = table_of(Programme).c
_U = table_of(Upgrade).c
_X = table_of(Crosswalk).c

_NAMED = 10  # things that an answer lists; more would not help
_ACTIVE = _V.status == FrameworkStatus.ACTIVE
_GOING = bindparam("going", type_=ARRAY(Uuid()))
_CODE = bindparam("code", type_=Text())


def _resting() -> Iterator[tuple[str, Select[tuple[str]]]]:
    """What rests on versions: in words, and the names of those that do."""
    yield "a programme pins it", select(_P.title).where(_P.framework_version_id == any_(_GOING))
    moved = or_(_U.from_version_id == any_(_GOING), _U.to_version_id == any_(_GOING))
    yield (
        "a programme was upgraded from it or to it",
        select(_P.title).join(table_of(Upgrade), _U.programme_id == _P.id).where(moved),
    )
    yield (
        "a profile was resolved against it",
        select(_V.label).where(_V.bases.bool_op("&&")(_GOING), _V.id != func.all(_GOING), _ACTIVE),
    )
    reference = func.unnest(_C.requirements, type_=Text()).column_valued("each", joins_implicitly=True)
    elsewhere = table_of(Requirement).alias("elsewhere")
    version = table_of(FrameworkVersion).alias("other_version")
    remains = (
        select(elsewhere.c.id)
        .join(version, version.c.id == elsewhere.c.version_id)
        .join(table_of(Framework), table_of(Framework).c.id == version.c.framework_id)
        .where(
            table_of(Framework).c.code == _CODE,
            _CODE + ":" + elsewhere.c.ref == reference,
            version.c.id != func.all(_GOING),
        )
    )
    yield (
        "a control answers what only it asks for",
        select(_C.code).where(
            _C.status != ControlStatus.RETIRED,
            func.starts_with(reference, _CODE + ":"),
            func.substr(reference, func.length(_CODE) + 2).in_(select(_R.ref).where(_R.version_id == any_(_GOING))),
            ~exists(remains),
        ),
    )


_RESTING = tuple(_resting())
_CROSSWALKS = select(_X.code).where(_X.status == CrosswalkStatus.ACTIVE, or_(_X.source == _CODE, _X.target == _CODE))


async def resting_on(session: AsyncSession, code: str, versions: Sequence[UUID]) -> list[str]:
    """Why these versions of a framework cannot go, in words; nothing when they can."""
    return await _reason(session, _RESTING, code, versions)


async def naming(session: AsyncSession, code: str) -> list[str]:
    """What names a framework whatever its versions: crosswalks that are in use."""
    return await _reason(session, [("a crosswalk names it", _CROSSWALKS)], code, [])


async def versions_of(session: AsyncSession, framework_id: UUID) -> Sequence[FrameworkVersion]:
    """A framework's active versions, locked."""
    query = select(FrameworkVersion).where(_V.framework_id == framework_id, _ACTIVE).order_by(_V.id)
    return await lock_rows(session, query)


async def _reason(
    session: AsyncSession, questions: Sequence[tuple[str, Select[tuple[str]]]], code: str, going: Sequence[UUID]
) -> list[str]:
    reasons = []
    for words, question in questions:
        names = await session.scalars(question.distinct().limit(_NAMED), {"going": list(going), "code": code})
        if named := sorted(str(name) for name in names):
            reasons.append(f"{words} ({', '.join(named)})")
    return reasons
