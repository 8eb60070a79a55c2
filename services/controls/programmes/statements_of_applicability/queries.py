from collections import defaultdict
from itertools import product
from typing import Literal
from uuid import UUID

from sqlalchemy import and_, column, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.programmes.adoptions.queries import adopted_ways
from services.controls.programmes.programmes.models import Programme
from services.controls.programmes.readiness.queries import Situation, control_groups
from services.controls.programmes.scope_decisions.models import DecisionStatus
from services.controls.programmes.statements_of_applicability.models import LineApproval, Statement, StatementStatus
from services.controls.programmes.statements_of_applicability.rules import ANNEX_A, Reasoned, line
from services.controls.programmes.statements_of_applicability.schemas import Line, LineControl
from services.controls.register.controls.queries import controls_by_code
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.data.records import lock_rows
from shared.http.fields import UpdatedSince

_C = table_of(Statement).c
_L = table_of(LineApproval).c
_P = table_of(Programme).c

_STATEMENT = select(
    _C.id,
    _C.programme_id,
    _C.number,
    _C.framework_version,
    _C.as_of,
    _C.inclusion_reason,
    _C.applicable,
    _C.excluded,
    _C.implemented,
    _C.partly,
    _C.lines_approved,
    _C.status,
    _C.author,
    _C.approver,
    _C.approved_at,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

statement = One("statement of applicability", _STATEMENT, by=_C.id)


class StatementQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    programme_id: UUID | None = None
    status: StatementStatus | None = None
    updated_since: UpdatedSince = None


statements = Listing(_STATEMENT, id=_C.id, query=StatementQuery)

# Each line with who approved it; the lines themselves never change.
_LINE = (
    func.jsonb_array_elements(_C.lines)
    .table_valued(column("value", JSONB), with_ordinality="place", name="line")
    .render_derived()
)
_APPROVED = func.jsonb_build_object("approver", _L.approver, "approved_at", _L.approved_at)
_LINES = (
    select(func.jsonb_agg(aggregate_order_by(_LINE.c.value.concat(_APPROVED), _LINE.c.place)))
    .select_from(
        _LINE.join(
            table_of(LineApproval),
            and_(_L.statement_id == _C.id, _L.ref == _LINE.c.value["ref"].astext),
            isouter=True,
        )
    )
    .correlate(table_of(Statement))
    .scalar_subquery()
)

# The whole statement, as a reader gets it: its lines are a document, and no list brings them along.
document = One(
    "statement of applicability",
    select(
        _C.id,
        _P.title.label("programme"),
        _C.number,
        _C.framework_version,
        _C.as_of,
        _C.status,
        _C.author,
        _C.approver,
        _C.approved_at,
        func.coalesce(_LINES, _C.lines).label("lines"),
        _C.version,
    ).join(table_of(Programme), _P.id == _C.programme_id),
    by=_C.id,
)


async def latest_number(session: AsyncSession, programme_id: UUID) -> int:
    """The number of the programme's newest statement; 0 when it has none."""
    return await session.scalar(select(func.max(_C.number)).where(_C.programme_id == programme_id)) or 0


async def approved_of(session: AsyncSession, programme_id: UUID) -> Statement | None:
    """The programme's approved statement, locked, if there is one."""
    query = select(Statement).where(_C.programme_id == programme_id, _C.status == StatementStatus.APPROVED)
    return next(iter(await lock_rows(session, query)), None)


async def approved_refs(session: AsyncSession, statement_id: UUID) -> frozenset[str]:
    """Which lines of a statement are approved."""
    return frozenset(await session.scalars(select(_L.ref).where(_L.statement_id == statement_id)))


async def lines(session: AsyncSession, situation: Situation, inclusion_reason: str) -> list[Line]:
    """A line for each Annex A control, from what was decided and who answers."""
    groups = await control_groups(session, situation)
    names = await controls_by_code(session, {code for group in groups for code in group.codes})
    adopted = await adopted_ways(session, situation.framework)
    answering: dict[str, list[LineControl]] = defaultdict(list)
    for group in groups:
        for code, ref in product(group.codes, (*group.requirements, *group.in_part)):
            way = adopted.get((code, f"{situation.framework}:{ref}"))
            answering[ref].append(
                LineControl(
                    code=code,
                    title=names[code].title,
                    status=group.facts.status,
                    relation=way and way.relation,
                    via=way and way.via,
                    crosswalk=way and way.crosswalk,
                )
            )
    decided = {
        ref: Reasoned(decision.relevant, decision.reason, decision.grounds, decision.risks)
        for ref, decision in situation.decisions.items()
        if decision.status == DecisionStatus.IN_FORCE
    }
    return [
        line(
            requirement.ref,
            requirement.title,
            decided.get(requirement.ref),
            answering[requirement.ref],
            inclusion_reason,
        )
        for requirement in situation.requirements
        if requirement.kind == ANNEX_A
    ]
