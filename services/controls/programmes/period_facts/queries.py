"""What is on record of all controls over a period: one statement a kind of fact, however many they are.

What went wrong counts by when it was, and what makes up for it by when it was recorded: nothing that was recorded after
`as_of` improves what is said as of then.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, DateTime, Select, and_, case, cast, func, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import A_DAY, Days, day_of
from services.controls.health.health.rules import SERIOUS
from services.controls.issues.issues.models import Issue, IssueControl
from services.controls.programmes.period_facts.rules import Evidence, Failing, Missed, WaivedDays
from services.controls.register.occurrences.models import MissedOccurrence, Occurrence
from services.controls.register.waivers.models import Waiver, WaiverStatus
from services.controls.testing.test_results.models import Result, Review
from services.controls.testing.test_standings.models import Standing
from shared.data.base import table_of
from shared.events.catalogue.controls import ReasonCode
from shared.events.catalogue.testing import Outcome, TestKind

_C = table_of(IssueControl).c
_M = table_of(MissedOccurrence).c
_I = table_of(Issue).c
_O = table_of(Occurrence).c
_R = table_of(Result).c
_S = table_of(Standing).c
_W = table_of(Waiver).c
_PASSED = table_of(Result).alias("passed").c
_FAR = date(2300, 1, 1)
_FAILED = {TestKind.DESIGN: ReasonCode.DESIGN_FAILED, TestKind.OPERATING: ReasonCode.OPERATION_FAILED}

# The days that evidence was accepted for, merged, of every expectation; a day of which evidence shows a moment is
# covered. A corrected version takes away the days of what it corrects, and not that evidence had been accepted.
_EVIDENCE = text("""
    with known as (
        select e.control_id, e.title, e.freshness_days,
               least(e.expected_since at time zone 'UTC', min(p.covers_from at time zone 'UTC'))::date as asked_from,
               (e.withdrawn_at at time zone 'UTC')::date as asked_until,
               max(p.last_day) + 1 as shown_until,
               range_agg(daterange((p.covers_from at time zone 'UTC')::date, p.last_day, '[]'))
                   filter (where not p.corrected) as covered,
               exists(
                   select from known_collections c where c.expectation_id = e.id and c.overdue and c.due_at <= :as_of
               ) as is_overdue
        from known_expectations e
        left join (
            select *, ((covers_until - interval '1 microsecond') at time zone 'UTC')::date as last_day
            from known_proofs where accepted_at <= :as_of
        ) p on p.expectation_id = e.id
        where e.expected_since <= :as_of
        group by e.org_id, e.id
    )
    select control_id, title, freshness_days, asked_from, asked_until, shown_until, is_overdue,
           array(select lower(days) from unnest(covered) days) as starts,
           array(select upper(days) from unnest(covered) days) as ends
    from known order by title
""")


async def misses_in(session: AsyncSession, period: Days, as_of: datetime) -> Mapping[UUID, Sequence[Missed]]:
    """The due days in a period that were announced as missed; some were recorded by then as performed in time."""
    made_good = and_(
        _O.control_id == _M.control_id,
        _O.due_on == _M.due_on,
        _O.performed_at < _M.missed_at,
        _O.created_at <= as_of,
        or_(_O.withdrawn_at.is_(None), _O.withdrawn_at > as_of),
    )
    query = (
        select(_M.control_id, _M.due_on, _O.created_at)
        .join(table_of(Occurrence), made_good, isouter=True)
        .where(_M.due_on >= period.start, _M.due_on < period.end, _M.missed_at <= as_of, ~_M.void)
        .order_by(_M.due_on)
    )
    found: dict[UUID, list[Missed]] = defaultdict(list)
    for control_id, due_on, recorded_at in await session.execute(query):
        found[control_id].append(Missed(due_on, day_of(recorded_at) if recorded_at else None))
    return found


async def evidence_in(session: AsyncSession, as_of: datetime) -> Mapping[UUID, Sequence[Evidence]]:
    """What is expected of each control and what was accepted for it by then."""
    found: dict[UUID, list[Evidence]] = defaultdict(list)
    today = day_of(as_of)
    for row in await session.execute(_EVIDENCE, {"as_of": as_of}):
        until = row.asked_until if row.asked_until is not None and row.asked_until <= today else _FAR
        evidence = Evidence(
            row.title,
            Days(row.asked_from, until),
            [Days(*days) for days in zip(row.starts, row.ends, strict=True)],
            row.shown_until,
            row.freshness_days,
            row.is_overdue,
        )
        found[row.control_id].append(evidence)
    return found


async def failures_in(session: AsyncSession, period: Days, as_of: datetime) -> Mapping[UUID, Sequence[Failing]]:
    """The days on which tests had failed and not passed again, and those on which a serious issue was open."""
    tomorrow = day_of(as_of) + A_DAY
    found: dict[UUID, list[Failing]] = defaultdict(list)
    for tests in (_failed_before(period, as_of), _failed_tests(period, as_of)):
        for row in await session.execute(tests):
            words = f"Test '{row.title}' failed."
            found[row.control_id].append(Failing(_FAILED[TestKind(row.kind)], words, _failed_days(row, tomorrow)))
    for row in await session.execute(_serious_issues(period, as_of)):
        words = f"The {row.severity} issue '{row.title}' was open."
        found[row.control_id].append(Failing(ReasonCode.SERIOUS_ISSUE_OPEN, words, _failed_days(row, tomorrow)))
    return found


async def waivers_in(session: AsyncSession, period: Days, as_of: datetime) -> Mapping[UUID, Sequence[WaivedDays]]:
    """The days of a period on which controls were waived, by decisions taken by then."""
    ends = func.least(_W.expires_at, _W.revoked_at)
    query = select(_W.control_id, _W.compensating_control_id, _W.starts_at, ends.label("ends")).where(
        _W.status.in_([WaiverStatus.GRANTED, WaiverStatus.REVOKED]), _W.decided_at <= as_of
    )
    found: dict[UUID, list[WaivedDays]] = defaultdict(list)
    for row in await session.execute(query.order_by(_W.starts_at, _W.id)):
        if days := Days(day_of(row.starts_at), day_of(row.ends)).within(period):
            found[row.control_id].append(WaivedDays(days, row.compensating_control_id))
    return found


def _failed_days(row: Any, tomorrow: date) -> Days:
    """The days from a failure until before it was over; the day itself, where it was over on the same."""
    return Days(row.failed_on, max(row.over_on or tomorrow, row.failed_on + A_DAY))


def _day(instant: ColumnElement[Any]) -> ColumnElement[date]:
    return cast(func.timezone("UTC", instant), Date())


def _failed_tests(period: Days, as_of: datetime) -> Any:
    """The results in a period that failed, each with when the same test passed again.

    A result that a reviewer returned counts as none.
    """
    found = _told(_R, as_of).join_from(table_of(Result), table_of(Standing), _S.id == _R.standing_id)
    return found.where(
        _R.outcome == Outcome.FAIL,
        _R.observed_at >= period.start,
        _R.observed_at < period.end,
        _R.observed_at <= as_of,
        _R.review != Review.RETURNED,
    ).order_by(_R.observed_at, _R.id)


def _failed_before(period: Days, as_of: datetime) -> Any:
    """The tests that failed before a period and had not passed again when it began.

    Only those are looked at that fail still, or whose conclusion has changed since it began.
    """
    concluded = (
        select(table_of(Result))
        .where(
            _R.standing_id == _S.id,
            _R.control_id == _S.control_id,
            _R.outcome.in_((Outcome.PASS, Outcome.FAIL)),
            _R.observed_at < period.start,
            _R.created_at <= as_of,
            _R.review != Review.RETURNED,
        )
        .order_by(_R.observed_at.desc(), _R.id.desc())
        .limit(1)
        .lateral("concluded")
    )
    return (
        _told(concluded.c, as_of)
        .join_from(table_of(Standing), concluded, true())
        .where(
            concluded.c.outcome == Outcome.FAIL,
            or_(_S.concluded == Outcome.FAIL, _S.since >= period.start),
            or_(_S.withdrawn_at.is_(None), _S.withdrawn_at >= period.start),
        )
        .order_by(concluded.c.observed_at, concluded.c.id)
    )


def _told(failed: Any, as_of: datetime) -> Select[Any]:
    """What is told of a result that failed, and when the same test passed again."""
    passed = select(func.min(_PASSED.observed_at)).where(
        _PASSED.control_id == failed.control_id,
        _PASSED.standing_id == failed.standing_id,
        _PASSED.outcome == Outcome.PASS,
        _PASSED.observed_at > failed.observed_at,
        _PASSED.created_at <= as_of,
        _PASSED.review != Review.RETURNED,
    )
    over_at = func.least(passed.scalar_subquery(), _S.withdrawn_at)
    return select(
        failed.control_id,
        failed.kind,
        _S.title,
        _day(failed.observed_at).label("failed_on"),
        _day(over_at).label("over_on"),
    )


def _serious_issues(period: Days, as_of: datetime) -> Any:
    closed_at = cast(_I.closure["at"].astext, DateTime(timezone=True))
    return (
        select(
            _C.control_id,
            _I.title,
            _I.severity,
            _day(_I.created_at).label("failed_on"),
            _day(case((closed_at <= as_of, closed_at))).label("over_on"),
        )
        .join_from(table_of(Issue), table_of(IssueControl), _C.issue_id == _I.id)
        .where(
            _I.severity.in_(SERIOUS),
            _I.created_at < period.end,
            _I.created_at <= as_of,
            or_(closed_at.is_(None), closed_at >= period.start),
        )
        .order_by(_I.created_at, _I.id)
    )
