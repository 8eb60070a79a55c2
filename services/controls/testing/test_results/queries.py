from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ARRAY,
    DateTime,
    TableValuedAlias,
    Text,
    Uuid,
    and_,
    bindparam,
    column,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from services.controls.earlier import dates
from services.controls.register.controls.models import Control
from services.controls.register.definitions.models import Definition, DefinitionState
from services.controls.testing.test_results.models import Result, Review
from services.controls.testing.test_standings.models import Standing
from services.controls.testing.test_standings.rules import Finding
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.data.records import lock_rows
from shared.events.catalogue.testing import Outcome, TestKind
from shared.http.fields import Instant, Title, UpdatedSince

_R = table_of(Result).c
_D = table_of(Definition).c
_INSTANT = DateTime(timezone=True)
_TEXTS, _IDS = ARRAY(Text()), ARRAY(Uuid())

_RESULT = select(
    _R.id,
    _R.control_id,
    _R.standing_id,
    _R.test_id,
    _R.retest_of,
    _R.push_id,
    _R.definition_id,
    _R.kind,
    _R.source.is_not(None).label("automated"),
    _R.source,
    _R.run_id,
    _R.check_name.label("check"),
    _R.outcome,
    _R.observed_at,
    _R.notes,
    _R.url,
    _R.via,
    _R.evidence_ids,
    _R.tester,
    _R.review,
    _R.reviewer,
    _R.reviewed_at,
    _R.review_reason,
    dates(_R.observed_at, _R.created_at, _R.historical_record_id).label("dates"),
    _R.version,
    _R.created_at,
    _R.updated_at,
)

result = One("test result", _RESULT, by=_R.id)


class ResultQuery(ListQuery):
    sort: Literal["observed_at", "-observed_at", "updated_at", "-updated_at"] = "-observed_at"
    control_id: UUID | None = None
    test_id: UUID | None = None
    source: Title | None = Field(default=None, examples=["github-actions"])
    run_id: Title | None = None
    check: Title | None = Field(default=None, examples=["branch-protection"])
    outcome: Outcome | None = None
    kind: TestKind | None = None
    review: Review | None = None
    automated: bool | None = None
    observed_from: Annotated[Instant | None, Where(lambda value: _R.observed_at >= value)] = Field(
        default=None, description="Observed then or later"
    )
    observed_until: Annotated[Instant | None, Where(lambda value: _R.observed_at < value)] = Field(
        default=None, description="Observed before then"
    )
    updated_since: UpdatedSince = None


results = Listing(_RESULT, id=_R.id, query=ResultQuery)


InForceFrom = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class CheckKey:
    """What is looked at again and again."""

    control_id: UUID
    source: str
    check: str


@dataclass(frozen=True, slots=True)
class RunKey:
    """What is reported once."""

    check: CheckKey
    run_id: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A result as it was reported first."""

    id: UUID
    outcome: Outcome


async def controls_named(session: AsyncSession, names: Collection[str]) -> dict[str, Control]:
    """The controls of these ids or codes, locked in the order in which everybody locks them."""
    known = table_of(Control).c
    named = among(known.code, names) | among(known.id, [key for name in names if (key := _id(name))])
    controls = await lock_rows(session, select(Control).where(named).order_by(known.id))
    by_id = {str(control.id): control for control in controls}
    by_code = {control.code: control for control in controls}
    return {name: found for name in names if (found := by_code.get(name) or by_id.get(name.lower()))}


async def reported_before(session: AsyncSession, keys: Collection[RunKey]) -> dict[RunKey, Reported]:
    """Which of these have been reported, and with which outcome. Their controls are locked by then."""
    asked = _rows(control_id=Uuid(), source=Text(), check_name=Text(), run_id=Text())
    query = select(_R.id, _R.outcome, _R.control_id, _R.source, _R.check_name, _R.run_id).join(
        asked,
        (_R.source == asked.c.source)
        & (_R.run_id == asked.c.run_id)
        & (_R.control_id == asked.c.control_id)
        & (_R.check_name == asked.c.check_name),
    )
    rows = await session.execute(
        query, {**_checks([key.check for key in keys]), "run_id": [key.run_id for key in keys]}
    )
    return {
        RunKey(CheckKey(row.control_id, row.source, row.check_name), row.run_id): Reported(row.id, Outcome(row.outcome))
        for row in rows
    }


async def definitions_of(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, list[InForceFrom]]:
    """The approved definitions of these controls, and from when each was in force, the first one first."""
    query = select(_D.control_id, _D.effective_from, _D.id).where(
        _D.control_id == func.any(bindparam("control_ids", type_=_IDS)), _D.state == DefinitionState.APPROVED
    )
    found: dict[UUID, list[InForceFrom]] = defaultdict(list)
    for row in await session.execute(query.order_by(_D.number), {"control_ids": list(control_ids)}):
        found[row.control_id].append((row.effective_from, row.id))
    return found


async def standings_of(session: AsyncSession, keys: Collection[CheckKey]) -> dict[CheckKey, Standing]:
    """How these checks stand, those of them that were ever reported. Their controls are locked by then."""
    known = table_of(Standing).c
    asked = _rows(control_id=Uuid(), source=Text(), check_name=Text())
    query = select(Standing).join(
        asked,
        (known.control_id == asked.c.control_id)
        & (known.source == asked.c.source)
        & (known.check_name == asked.c.check_name),
    )
    found = (await session.scalars(query, _checks(keys), execution_options={"populate_existing": True})).all()
    return {CheckKey(row.control_id, row.source or "", row.check_name or ""): row for row in found}


def _rows(**columns: TypeEngine[Any]) -> TableValuedAlias:
    """A table of parameters, an array for each column."""
    arrays = [bindparam(name, type_=ARRAY(kind)) for name, kind in columns.items()]
    named = [column(name, kind) for name, kind in columns.items()]
    return func.unnest(*arrays).table_valued(*named).render_derived(name="asked")


def _checks(keys: Collection[CheckKey]) -> dict[str, Any]:
    return {
        "control_id": [key.control_id for key in keys],
        "source": [key.source for key in keys],
        "check_name": [key.check for key in keys],
    }


def _id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


async def counting(session: AsyncSession, standing_id: UUID) -> list[Finding]:
    """The results of a procedure that count: what is signed off, and what shows a failure or nothing until it is.

    A pass counts when a second person has signed it off; what was returned does not count.
    """
    counts = or_(
        _R.review == Review.SIGNED_OFF,
        and_(_R.review == Review.AWAITED, _R.outcome != Outcome.PASS),
    )
    query = select(_R.id, _R.outcome, _R.observed_at).where(_R.standing_id == standing_id, _R.source.is_(None))
    rows = await session.execute(query.where(counts))
    return [Finding(row.id, Outcome(row.outcome), row.observed_at) for row in rows]
