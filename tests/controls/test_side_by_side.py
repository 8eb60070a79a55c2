"""Whatever changes the same controls side by side, nobody waits in a circle, and the last health found is right."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.controls import handlers
from services.controls.health.health.actions import reassess_due
from services.controls.health.health.models import Health
from services.controls.health.health.queries import facts_of
from services.controls.health.health.rules import assess
from services.controls.issues.issues import actions as issues
from services.controls.issues.issues.models import Issue, IssueStatus
from services.controls.issues.issues.schemas import ClosureDraft, IssueDraft, IssueRevision
from services.controls.register.controls import actions as controls
from services.controls.register.controls.models import Control
from services.controls.register.controls.schemas import ControlDraft
from services.controls.register.definitions.schemas import DefinitionApproval
from services.controls.register.lifecycles import actions as lifecycles
from services.controls.register.lifecycles.schemas import ControlImplementation
from services.controls.testing.test_results.actions import push
from services.controls.testing.test_results.schemas import PushedResult
from shared.data.outages import Outage, outage_of
from shared.data.records import ANY_VERSION, lock_by_id
from shared.data.sessions import Database, instant_of
from shared.events.catalogue.controls import Severity
from shared.events.catalogue.evidence import EvidenceAccepted, ExpectationDefined, Proof
from shared.events.event import Event, Heard, handlers_in
from shared.events.inbox import handle_once
from shared.problems import Problem
from tests.support import acting, introduce

NOW = datetime.now(UTC)
PEOPLE = (acting("one"), acting("two"))
Change = Callable[[AsyncSession], Awaitable[object]]
HANDLERS = handlers_in(handlers)


async def implemented(database: Database, org_id: UUID, code: str) -> Control:
    draft = ControlDraft.model_validate(
        {
            "code": code,
            "title": f"Control {code}",
            "statement": "It is done.",
            "owner": "dana@example.com",
            "kind": "preventive",
            "nature": "manual",
            "frequency": "quarterly",
        }
    )
    async with database.transaction(org_id) as session:
        await introduce(session, "dana")
        control = await controls.define(session, draft=draft, by=PEOPLE[0], at=NOW)
        await lifecycles.approve(session, control.id, approval=DefinitionApproval(), by=PEOPLE[1], at=NOW)
        await lifecycles.implement(session, control.id, implementation=ControlImplementation(), by=PEOPLE[0], at=NOW)
    return control


async def opened(database: Database, org_id: UUID, about: Sequence[Control]) -> UUID:
    draft = IssueDraft(
        title="Two leavers",
        description="They kept access.",
        control_ids=[each.id for each in about],
        severity=Severity.LOW,
        source="audit",
        owner="dana@example.com",
    )
    async with database.transaction(org_id) as session:
        return (await issues.open_issue(session, draft=draft, by=PEOPLE[0], at=NOW)).id


def changes(org_id: UUID, known: Sequence[Control], issue_ids: Sequence[UUID], chance: random.Random) -> Change:
    """One of the things that people, machines, events and the clock do to some of these controls."""
    some = chance.sample(list(known), chance.randint(1, len(known)))
    issue, run = chance.choice(issue_ids), str(uuid4())
    severity = chance.choice([Severity.LOW, Severity.HIGH])
    outcome = chance.choice(["pass", "fail"])
    observed = NOW + timedelta(milliseconds=chance.randint(0, 1000))

    async def revise(session: AsyncSession) -> None:
        revision = IssueRevision(severity=severity, control_ids=[each.id for each in some])
        await issues.revise(session, issue, revision=revision, expected=ANY_VERSION, by=PEOPLE[1], at=NOW)

    async def close_or_reopen(session: AsyncSession) -> None:
        (row,) = await session.scalars(select(Issue).where(col(Issue.id) == issue))
        if row.status == IssueStatus.CLOSED:
            await issues.reopen(session, issue, reason="It is back.", by=PEOPLE[1], at=NOW)
        else:
            closure = ClosureDraft(outcome="risk_accepted", reason="It is little.")
            await issues.close(session, issue, draft=closure, by=PEOPLE[1], at=NOW)

    async def report(session: AsyncSession) -> None:
        results = [
            PushedResult(
                control=each.code,
                source="monitor",
                run_id=run,
                check="ports",
                outcome=outcome,
                observed_at=observed,
                next_due_at=NOW,
            )
            for each in some
        ]
        await push(session, results=results, atomic=True, by=PEOPLE[0], at=observed)

    async def hear(session: AsyncSession) -> None:
        heard: list[Heard[Event]] = []
        for each in some:
            expected = uuid4()
            defined = ExpectationDefined(control_id=each.id, title="A review", expected_since=NOW, freshness_days=90)
            proof = Proof(expectation_id=expected, control_id=each.id, valid_until=NOW + timedelta(days=9))
            accepted = EvidenceAccepted(
                title="A review",
                covers_from=NOW - timedelta(days=1),
                covers_until=NOW,
                accepted_at=NOW,
                proves=[proof],
            )
            heard.append(Heard(uuid4(), org_id, expected, 1, NOW, PEOPLE[0], defined))
            heard.append(Heard(uuid4(), org_id, uuid4(), 1, NOW, PEOPLE[0], accepted))
        await handle_once(session, HANDLERS, heard)

    async def by_the_clock(session: AsyncSession) -> None:
        await reassess_due(session, as_of=NOW + timedelta(days=1), limit=10)

    return chance.choice([revise, close_or_reopen, report, hear, by_the_clock])


async def test_whatever_touches_the_same_controls_at_once_waits_in_no_circle(database: Database) -> None:
    org_id, chance = uuid4(), random.Random(7)
    known = [await implemented(database, org_id, f"AC-0{number}") for number in range(4)]
    issue_ids = [await opened(database, org_id, chance.sample(known, 2)) for _ in range(3)]

    async def apply(change: Change) -> None:
        """As callers have it: again when another change held what this one needs for too long."""
        while True:
            try:
                async with database.transaction(org_id) as session:
                    await change(session)
            except Problem:
                return  # another closed the issue meanwhile, or changed which controls it is about
            except DBAPIError as error:
                if outage_of(error) is not Outage.LOCKED:  # a deadlock fails the test
                    raise
            else:
                return

    todo = [changes(org_id, known, issue_ids, chance) for _ in range(120)]
    for start in range(0, len(todo), 12):
        await asyncio.gather(*(apply(change) for change in todo[start : start + 12]))

    async with database.transaction(org_id) as session:
        locked = await lock_by_id(session, Control, [each.id for each in known])
        facts = await facts_of(session, locked, as_of=instant_of(session))
        for health in await session.scalars(select(Health)):
            result = assess(facts[health.id], as_of=health.updated_at)
            assert (health.state, sorted(health.reasons)) == (result.state, sorted(result.reasons))
