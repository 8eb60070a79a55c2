from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ARRAY,
    DateTime,
    Uuid,
    and_,
    bindparam,
    case,
    column,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.health.health.models import Health, HealthChange
from services.controls.health.health.rules import (
    ExpectationFacts,
    Facts,
    IssueFacts,
    ProofFacts,
    TestFacts,
)
from services.controls.health.health_policies.queries import policy_in_force
from services.controls.health.health_policies.schemas import HealthPolicyTerms
from services.controls.health.known_evidence.models import KnownCollection, KnownExpectation, KnownProof, ProofState
from services.controls.health.known_evidence.queries import WAS_FRESH
from services.controls.health.programme_periods.queries import periods_by_framework
from services.controls.health.programme_periods.rules import remembered
from services.controls.health.reasons.rules import REMEMBERED
from services.controls.issues.issues.models import Issue, IssueControl, IssueStatus
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.missed_occurrences.queries import misses_of
from services.controls.register.rhythms.rules import recurs
from services.controls.register.waivers.models import Waiver
from services.controls.register.waivers.queries import IN_FORCE
from services.controls.testing.control_tests.models import OPEN, ControlTest
from services.controls.testing.procedures.models import ProcedureVersion
from services.controls.testing.test_standings.models import Standing
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One, json_object
from shared.data.scopes import is_shown
from shared.events.catalogue.controls import HealthState, Severity
from shared.events.catalogue.testing import Outcome, TestKind
from shared.http.fields import Instant, UpdatedSince

_H = table_of(Health).c
_C = table_of(Control).c

_N = table_of(HealthChange).c
_T = table_of(Standing).c
_P = table_of(ControlTest).c
_V = table_of(ProcedureVersion).c
_W = table_of(Waiver).c

_PLANNED = (
    select(_P.control_id, _V.title, _P.kind, _P.due_at)
    .join_from(table_of(ControlTest), table_of(ProcedureVersion), _V.id == _P.procedure_version_id)
    .where(_P.status.in_(OPEN))
)

# Beside the state, which a waiver does not change: of several in force the one that lasts longest.
_OTHER = table_of(Control).alias("other").c
_WAIVER = (
    select(
        json_object(
            id=_W.id,
            expires_at=_W.expires_at,
            compensating_control_id=case((is_shown(_W.compensating_control_id), _W.compensating_control_id)),
            compensating_control_code=_OTHER.code,
            compensating_measures=_W.compensating_measures,
        )
    )
    .join(_OTHER.id.table, _OTHER.id == _W.compensating_control_id, isouter=True)
    .where(_W.control_id == _H.id, IN_FORCE)
    .order_by(_W.expires_at.desc(), _W.id)
    .limit(1)
    .scalar_subquery()
)

_HEALTH = select(
    _H.id,
    _C.code,
    _C.title,
    _H.state,
    _H.reasons,
    _H.reason_codes,
    _H.since,
    _WAIVER.label("waiver"),
    _H.version,
    _H.updated_at,
).join(table_of(Control), _C.id == _H.id)

health = One("health of control", _HEALTH, by=_H.id)


class HealthQuery(ListQuery):
    sort: Literal["code", "-code", "since", "-since"] = "code"
    state: HealthState | None = None
    updated_since: UpdatedSince = None


healths = Listing(_HEALTH, id=_H.id, query=HealthQuery)

_CHANGE = select(
    _N.id,
    _N.control_id,
    _C.code,
    _N.before,
    _N.state,
    _N.reasons,
    _N.reason_codes,
    _N.since,
    _N.until,
    _N.cause,
    _N.version,
    _N.updated_at,
).join(table_of(Control), _C.id == _N.control_id)

health_change = One("change of health", _CHANGE, by=_N.id)

_INSTANT = DateTime(timezone=True)
_ENDING = (
    func.unnest(bindparam("of", type_=ARRAY(Uuid())), bindparam("at", type_=ARRAY(_INSTANT)))
    .table_valued(column("control_id", Uuid()), column("at", _INSTANT))
    .render_derived(name="ending")
)
END_PAGES = (
    update(table_of(HealthChange))
    .where(_N.control_id == _ENDING.c.control_id, _N.until.is_(None))
    .values(until=_ENDING.c.at, version=_N.version + 1, updated_at=bindparam("noted_at", type_=_INSTANT))
)


class HealthChangeQuery(ListQuery):
    sort: Literal["since", "-since", "updated_at", "-updated_at"] = "-since"
    control_id: UUID | None = None
    state: HealthState | None = None
    as_of: Annotated[
        Instant | None, Where(lambda instant: and_(_N.since <= instant, or_(_N.until.is_(None), _N.until > instant)))
    ] = Field(default=None, description="Only what held at this instant: one for each control")
    updated_since: UpdatedSince = None


health_changes = Listing(_CHANGE, id=_N.id, query=HealthChangeQuery)


@dataclass(frozen=True, slots=True)
class Announced:
    """A control's health as last announced; version 0 when it never was."""

    state: HealthState
    reasons: list[str]
    codes: frozenset[str]
    since: datetime | None
    review_at: datetime | None
    version: int


NEVER_ANNOUNCED = Announced(HealthState.UNKNOWN, [], frozenset(), None, None, 0)


async def last_announced(session: AsyncSession, control_ids: Sequence[UUID]) -> dict[UUID, Announced]:
    """The health of those of these controls of which any was announced."""
    if not control_ids:
        return {}
    query = select(_H.id, _H.state, _H.reasons, _H.reason_codes, _H.since, _H.review_at, _H.version)
    return {
        row.id: Announced(
            HealthState(row.state), row.reasons, frozenset(row.reason_codes), row.since, row.review_at, row.version
        )
        for row in await session.execute(query.where(among(_H.id, control_ids)))
    }


async def facts_of(session: AsyncSession, controls: Sequence[Control], *, as_of: datetime) -> dict[UUID, Facts]:
    """All that is known of each of these controls: one select a kind of fact, however many they are.

    Of a control that is not in operation nothing else matters.
    """
    facts = {control.id: Facts(implemented=control.status == ControlStatus.IMPLEMENTED) for control in controls}
    recurring = {control.id for control in controls if recurs(control.frequency)}
    operated = [control_id for control_id, fact in facts.items() if fact.implemented]
    if operated:
        expectations, tests = await _expectations(session, operated), await _tests(session, operated)
        issues = await _issues(session, operated)
        missed = await misses_of(session, operated, since=as_of - REMEMBERED)
        policy = await policy_in_force(session) if missed else HealthPolicyTerms()
        periods = await periods_by_framework(session) if missed else {}
        answered = {control.id: control.requirements for control in controls}
        facts |= {
            control_id: Facts(
                True,
                expectations[control_id],
                tests[control_id],
                issues[control_id],
                remembered(missed[control_id], answered[control_id], periods),
                policy.tolerated_misses_percent,
                control_id in recurring,
            )
            for control_id in operated
        }
    return facts


async def _expectations(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, list[ExpectationFacts]]:
    expected, proof, collection = (table_of(kind).c for kind in (KnownExpectation, KnownProof, KnownCollection))
    overdue_since = (
        select(func.min(collection.due_at))
        .where(collection.expectation_id == expected.id, collection.overdue)
        .scalar_subquery()
    )
    of_it = and_(proof.expectation_id == expected.id, WAS_FRESH)
    known = (
        select(
            expected.control_id,
            expected.id,
            expected.title,
            overdue_since.label("overdue_since"),
            proof.title.label("proof"),
            proof.state,
            proof.valid_until,
        )
        .join_from(table_of(KnownExpectation), table_of(KnownProof), of_it, isouter=True)
        .where(among(expected.control_id, control_ids), expected.withdrawn_at.is_(None))
    )
    known_of: dict[UUID, dict[UUID, tuple[str, datetime | None]]] = defaultdict(dict)
    proofs: dict[UUID, list[ProofFacts]] = defaultdict(list)
    for row in await session.execute(known):
        known_of[row.control_id][row.id] = row.title, row.overdue_since
        if row.state is not None:
            proofs[row.id].append(ProofFacts(row.proof, ProofState(row.state), row.valid_until))
    found: dict[UUID, list[ExpectationFacts]] = defaultdict(list)
    for control_id, of_control in known_of.items():
        found[control_id] = [
            ExpectationFacts(title, proofs[expectation], since) for expectation, (title, since) in of_control.items()
        ]
    return found


async def _tests(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, list[TestFacts]]:
    """What is tested, as it stands, and what is still to be tested by when."""
    query = select(_T.control_id, _T.title, _T.kind, _T.concluded, _T.since, _T.latest, _T.due_at)
    found: dict[UUID, list[TestFacts]] = defaultdict(list)
    for row in await session.execute(query.where(among(_T.control_id, control_ids), _T.withdrawn_at.is_(None))):
        concluded, latest = (Outcome(outcome) if outcome else None for outcome in (row.concluded, row.latest))
        facts = TestFacts(row.title, TestKind(row.kind), concluded, row.since, latest, row.due_at)
        found[row.control_id].append(facts)
    for plan in await session.execute(_PLANNED.where(among(_P.control_id, control_ids))):
        found[plan.control_id].append(TestFacts(plan.title, TestKind(plan.kind), due_at=plan.due_at))
    return found


async def _issues(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, list[IssueFacts]]:
    """The issues that are not closed."""
    issue, link = table_of(Issue).c, table_of(IssueControl).c
    unclosed = (
        select(link.control_id, issue.title, issue.severity)
        .join_from(table_of(IssueControl), table_of(Issue), issue.id == link.issue_id)
        .where(among(link.control_id, control_ids), issue.status != IssueStatus.CLOSED)
    )
    found: dict[UUID, list[IssueFacts]] = defaultdict(list)
    for control_id, title, severity in await session.execute(unclosed):
        found[control_id].append(IssueFacts(title, Severity(severity)))
    return found


async def waived_until(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Until when each of these controls is waived that is, by the waivers in force as announced."""
    last = func.max(_W.expires_at).label("until")
    query = select(_W.control_id, last).where(among(_W.control_id, control_ids), IN_FORCE).group_by(_W.control_id)
    return {row.control_id: row.until for row in await session.execute(query)}
