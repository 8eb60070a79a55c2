from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import day_of
from services.controls.issues.issues.models import Issue, IssueControl
from services.controls.issues.issues.rules import UNRESOLVED
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.reads import Listing, One, mentioned
from shared.data.sessions import organisation_of

_I = table_of(Issue).c
_L = table_of(IssueControl).c

# `is_overdue` of `rules.py`, for the database.
_AS_OF = bindparam("as_of", type_=Date())
# As constants, so that the planner sees that the index of what is unresolved will do.
_UNRESOLVED = _I.status.in_([literal_column(f"'{status}'") for status in sorted(UNRESOLVED)])
_OVERDUE = and_(_UNRESOLVED, _I.due_on < _AS_OF)

_SUMMARY = select(
    _I.id,
    _I.title,
    _I.control_ids,
    _I.severity,
    _I.source,
    _I.source_reference,
    _I.recurs_with,
    _I.owner,
    _I.opened_by,
    _I.status,
    _I.due_on,
    _I.due_reason,
    _OVERDUE.label("overdue"),
    _I.regressions,
    _I.tickets,
    _I.version,
    _I.created_at,
    _I.updated_at,
)

issue = One(
    "issue",
    _SUMMARY.add_columns(
        _I.description,
        _I.running_since,
        _I.evidence_ids,
        _I.plan,
        _I.resolution,
        _I.effectiveness_checks,
        _I.closure,
    ),
    by=_I.id,
)

issues = Listing(
    _SUMMARY,
    id=_I.id,
    filters={
        "control_id": _I.id.in_(select(_L.issue_id).where(_L.control_id == bindparam("control_id", type_=Uuid()))),
        "status": _I.status == bindparam("status", type_=Text()),
        "severity": _I.severity == bindparam("severity", type_=Text()),
        "source": _I.source == bindparam("source", type_=Text()),
        "owner": _I.owner == bindparam("owner", type_=Text()),
        "overdue": bindparam("overdue", type_=Boolean()) == _OVERDUE,
        "q": mentioned(_I.title),
        "updated_since": _I.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"due_on": _I.due_on, "created_at": _I.created_at, "updated_at": _I.updated_at},
)


def untold_overdue(as_of: datetime) -> Select[tuple[UUID]]:
    """The organisations of issues that are overdue at an instant, as nobody has been told of their due date yet."""
    untold = _I.overdue_told_for.is_distinct_from(_I.due_on)
    return select(_I.org_id).where(_UNRESOLVED, _I.due_on < day_of(as_of), untold)


async def of_the_same_cause(session: AsyncSession, control_ids: Collection[UUID], *causes: str) -> Sequence[Issue]:
    """The issues of these controls that name one of these causes, the newest first."""
    linked = select(_L.issue_id).where(among(_L.control_id, control_ids))
    query = select(Issue).where(among(_I.recurs_with, causes), _I.id.in_(linked)).order_by(_I.id.desc())
    return (await session.execute(query)).scalars().all()


async def link(session: AsyncSession, issue: Issue) -> None:
    """Let the index of issues by control say what the issue says."""
    await session.execute(delete(IssueControl).where(_L.issue_id == issue.id))
    org_id = organisation_of(session)
    rows = [{"org_id": org_id, "issue_id": issue.id, "control_id": each} for each in issue.control_ids]
    await session.execute(insert(table_of(IssueControl)), rows)
