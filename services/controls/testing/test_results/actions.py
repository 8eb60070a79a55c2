"""The verbs of results: take in what machines report, many at once and each by itself.

Whoever changes results or what they come to holds the control first, so that two pushes never meet half-way.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.register.controls.models import Control, ControlStatus
from services.controls.testing.test_results.models import Result, Review
from services.controls.testing.test_results.queries import (
    CheckKey,
    InForceFrom,
    Reported,
    RunKey,
    controls_named,
    definitions_of,
    reported_before,
    standings_of,
)
from services.controls.testing.test_results.schemas import (
    PushAnswer,
    PushedResult,
    PushOut,
    PushStatus,
    ResultWay,
    Unreadable,
)
from services.controls.testing.test_standings.actions import Taken, take
from services.controls.testing.test_standings.models import Standing
from services.controls.testing.test_standings.rules import Finding
from shared.clock import CLOCK_SKEW, new_id
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.data.sessions import organisation_of
from shared.data.transactions import Written, touched
from shared.events.catalogue.testing import TestKind, TestRecorded, TestResultsPushed
from shared.events.trail import announce
from shared.http.batches import Refusal, shorten
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, Problem


class UnknownControl(Invalid):
    """The control does not exist."""


class NotYetObserved(Invalid):
    """The observation time is in the future."""


class ControlNotTested(Conflict):
    """The control is retired and cannot be tested."""


class ReportedOtherwise(Conflict):
    """The run already reported another outcome of this check."""


class PushRefused(Invalid):
    """Some results were refused, and none was recorded."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A result that is new: its place, what was sent, and the id it has from now on."""

    index: int
    sent: PushedResult
    control: Control
    via: ResultWay | None = None
    id: UUID = field(default_factory=new_id)

    @property
    def check(self) -> CheckKey:
        return CheckKey(self.control.id, self.sent.source, self.sent.check)

    @property
    def finding(self) -> Finding:
        return Finding(self.id, self.sent.outcome, self.sent.observed_at, self.sent.next_due_at)


async def push(
    session: AsyncSession,
    *,
    results: Sequence[PushedResult | Unreadable],
    ways: Sequence[ResultWay] | None = None,
    atomic: bool,
    by: Actor,
    at: datetime,
) -> PushOut:
    """Record what was found, once: the same again is known already, and another outcome of the same run refused.

    `ways` say by which way each result reached its control.

    `PushRefused` when any is refused and `atomic` asks for all or nothing.
    """
    readable = {result.control for result in results if isinstance(result, PushedResult)}
    controls = await controls_named(session, readable)
    answers, new = await _sorted_out(session, results, ways, controls, at)
    refused = [answer.problem for answer in answers if answer.problem is not None]
    if atomic and refused:
        faults = [Fault(fault.pointer, fault.detail) for problem in refused for fault in problem.errors]
        more = sum(problem.more_errors for problem in refused)
        detail = f"{len(refused)} of {len(results)} results were refused; none is recorded."
        raise PushRefused(detail, faults=faults, more_faults=more)
    shorten(refused)
    push_id = await _record(session, new, by=by, at=at) if new else None
    counts = Counter(answer.status for answer in answers)
    return PushOut(
        push_id=push_id,
        recorded=counts[PushStatus.RECORDED],
        already_known=counts[PushStatus.ALREADY_KNOWN],
        refused=counts[PushStatus.REFUSED],
        results=answers,
    )


async def _sorted_out(
    session: AsyncSession,
    results: Sequence[PushedResult | Unreadable],
    ways: Sequence[ResultWay] | None,
    controls: Mapping[str, Control],
    at: datetime,
) -> tuple[list[PushAnswer], list[Accepted]]:
    """An answer for each result, in order, and those to be recorded."""
    via: Sequence[ResultWay | None] = ways or [None] * len(results)
    judged = [
        _judged(index, result, way, controls, at) for index, (result, way) in enumerate(zip(results, via, strict=True))
    ]
    keys = {_run(result) for result in judged if isinstance(result, Accepted)}
    known = await reported_before(session, keys) if keys else {}
    answers: list[PushAnswer] = []
    new: list[Accepted] = []
    for index, result in enumerate(judged):
        if isinstance(result, Problem):
            answers.append(_refused(index, result))
            continue
        first = known.get(_run(result))
        if first is None:
            known[_run(result)] = Reported(result.id, result.sent.outcome)
            new.append(result)
            answers.append(PushAnswer(index=index, status=PushStatus.RECORDED, id=result.id, problem=None))
        elif first.outcome == result.sent.outcome:
            answers.append(PushAnswer(index=index, status=PushStatus.ALREADY_KNOWN, id=first.id, problem=None))
        else:
            answers.append(_refused(index, _contradiction(result, first), first.id))
    return answers, new


def _judged(
    index: int,
    sent: PushedResult | Unreadable,
    via: ResultWay | None,
    controls: Mapping[str, Control],
    at: datetime,
) -> Accepted | Problem:
    place = f"/results/{index}"
    if isinstance(sent, Unreadable):
        faults = [Fault(f"{place}{fault.pointer}", fault.detail) for fault in sent.faults]
        return Invalid("The result is not what it should be.", faults=faults)
    control = controls.get(sent.control)
    if control is None:
        return UnknownControl(f"There is no control {sent.control}.", faults=[Fault(f"{place}/control", "unknown")])
    if control.status == ControlStatus.RETIRED:
        return ControlNotTested(
            f"The control {control.code} is retired.", faults=[Fault(f"{place}/control", "retired")]
        )
    if sent.observed_at > at + CLOCK_SKEW:
        fault = Fault(f"{place}/observed_at", "in the future")
        return NotYetObserved("observed_at is in the future.", faults=[fault])
    return Accepted(index, sent, control, via)


def _contradiction(again: Accepted, first: Reported) -> ReportedOtherwise:
    return ReportedOtherwise(
        f"Run {again.sent.run_id} of {again.sent.source} reported {first.outcome} of {again.sent.check} before.",
        faults=[Fault(f"/results/{again.index}/outcome", f"was {first.outcome}")],
    )


def _refused(index: int, problem: Problem, first: UUID | None = None) -> PushAnswer:
    return PushAnswer(index=index, status=PushStatus.REFUSED, id=first, problem=Refusal.of(problem))


def _run(result: Accepted) -> RunKey:
    return RunKey(result.check, result.sent.run_id)


async def _record(session: AsyncSession, new: Sequence[Accepted], *, by: Actor, at: datetime) -> UUID:
    """Write the results and what they come to, announce what is news, and reassess the controls it is news of."""
    push_id = new_id()
    standings = await standings_of(session, {result.check for result in new})
    for result in new:
        if result.check not in standings:
            standings[result.check] = _standing(session, result, at)
    findings: dict[UUID, list[Finding]] = defaultdict(list)
    for result in new:
        findings[standings[result.check].id].append(result.finding)
    taken = await take(session, findings, list(standings.values()), at=at)
    definitions = await definitions_of(session, {result.control.id for result in new})
    rows = [
        _row(result, standings[result.check], push_id, by, at) | {"definition_id": _tested(result, definitions)}
        for result in new
    ]
    await insert_rows(session, table_of(Result), rows)
    controls = {result.control.id: result.control for result in new}
    news = [standing for standing in taken if standing.matters]
    for taken_in in news:
        _announce_recorded(session, taken_in, controls[taken_in.standing.control_id], by=by, at=at)
    _announce_pushed(session, new, push_id, by=by, at=at)
    touched(session, *{standing.standing.control_id for standing in news}, at=at)
    return push_id


def _standing(session: AsyncSession, result: Accepted, at: datetime) -> Standing:
    return Standing(
        org_id=organisation_of(session),
        control_id=result.control.id,
        kind=TestKind.OPERATING,
        title=f"{result.sent.check} ({result.sent.source})",
        source=result.sent.source,
        check_name=result.sent.check,
        created_at=at,
        updated_at=at,
    )


def _row(result: Accepted, standing: Standing, push_id: UUID, by: Actor, at: datetime) -> dict[str, Any]:
    sent = result.sent
    return {
        "id": result.id,
        "org_id": standing.org_id,
        "control_id": result.control.id,
        "standing_id": standing.id,
        "push_id": push_id,
        "kind": standing.kind,
        "source": sent.source,
        "run_id": sent.run_id,
        "check_name": sent.check,
        "outcome": sent.outcome,
        "observed_at": sent.observed_at,
        "notes": sent.notes,
        "url": None if sent.url is None else str(sent.url),
        "via": None if result.via is None else result.via.model_dump(mode="json"),
        "evidence_ids": sent.evidence_ids,
        "tester": by.recorded,
        "review": Review.NOT_NEEDED,
        "version": 1,
        "created_at": at,
        "updated_at": at,
    }


def _tested(result: Accepted, definitions: Mapping[UUID, Sequence[InForceFrom]]) -> UUID | None:
    """The definition that was in force when it was observed; None before there was one."""
    known = definitions.get(result.control.id, ())
    return next((key for since, key in reversed(known) if since <= result.sent.observed_at), None)


def _announce_recorded(session: AsyncSession, taken: Taken, control: Control, *, by: Actor, at: datetime) -> None:
    """One event for each check that says something new; the results themselves are the record of the others."""
    result_id, outcome, observed_at = taken.deciding
    event = TestRecorded(
        control_id=control.id,
        control_code=control.code,
        standing_id=taken.standing.id,
        title=taken.standing.title,
        kind=TestKind(taken.standing.kind),
        automated=True,
        outcome=outcome,
        concluded=taken.after.concluded,
        observed_at=observed_at,
    )
    before = {"concluded": taken.before.concluded, "latest": taken.before.latest}
    after = {"concluded": taken.after.concluded, "latest": taken.after.latest}
    announce(session, event, about=Written(result_id, 1, before, after), by=by, at=at)


def _announce_pushed(session: AsyncSession, new: Sequence[Accepted], push_id: UUID, *, by: Actor, at: datetime) -> None:
    event = TestResultsPushed(
        recorded=len(new),
        outcomes=dict(sorted(Counter(str(result.sent.outcome) for result in new).items())),
        sources=sorted({result.sent.source for result in new}),
    )
    announce(session, event, about=Written(push_id, 1), by=by, at=at)
