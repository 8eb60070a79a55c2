"""Treatments that tests begin with, over HTTP and in process."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from services.risk.register.risks import actions as risks
from services.risk.register.risks.models import Risk
from services.risk.register.risks.schemas import RiskDraft
from services.risk.treatments.treatment_actions import actions as treatment_actions
from services.risk.treatments.treatment_actions.models import TreatmentAction
from services.risk.treatments.treatment_actions.schemas import (
    TreatmentActionCompletion,
    TreatmentActionDraft,
    TreatmentActionVerification,
)
from services.risk.treatments.treatment_decisions import actions as decisions
from services.risk.treatments.treatment_progress import actions as progress
from services.risk.treatments.treatment_progress.schemas import TreatmentVerification
from services.risk.treatments.treatments import actions as treatments
from services.risk.treatments.treatments.models import Treatment
from services.risk.treatments.treatments.schemas import TreatmentDecision, TreatmentDraft
from shared.data.records import found
from shared.data.sessions import Database
from tests.risk.given import DRAFT
from tests.support import Organisation, acting, created, introduce, ok

NOW = datetime.now(UTC)
HIGH = {"likelihood": 5, "impact": 4}
MODERATE = {"likelihood": 4, "impact": 3}
TARGET = {"likelihood": 2, "impact": 3}
APPROVE = {"decision": "approve", "note": "Go ahead."}
TASK = {"text": "Connect the HR system.", "owner": "viewer@example.com"}
DONE = {"note": "It is connected."}
VERIFIED = {"decision": "verify", "note": "It was seen."}
RETURNED = {"decision": "return", "note": "It is not so."}
NAMES = ("olga", "paul", "tess", "ann", "vera", "adam")

T = TypeVar("T")


def day(days: int) -> str:
    """The day in so many days."""
    return str(NOW.date() + timedelta(days=days))


async def owned(org: Organisation, **changes: Any) -> str:
    """A risk above appetite whose owner, who has an API client, has agreed to answer for it."""
    draft = DRAFT | {"owner": "owner@example.com", "inherent": HIGH} | changes
    risk = str(created(await org.risk.post("/v1/risks", json=draft))["id"])
    ok(await org.owner.post(f"/v1/risks/{risk}/agreements"))
    return risk


def a_treatment(risk: str, **changes: Any) -> dict[str, Any]:
    whole = {
        "risk_id": risk,
        "title": "Access ends with employment",
        "strategy": "mitigate",
        "rationale": "Leavers keep access for a week.",
        "owner": "reviewer@example.com",
        "due_on": day(60),
        "target": TARGET,
        "currency": "EUR",
    }
    return whole | changes


async def planned(org: Organisation, risk: str, *, tasks: int = 1, **changes: Any) -> str:
    """A draft by the manager, with actions of the viewer."""
    drafted = await org.manager.post("/v1/treatments", json=a_treatment(risk, **changes))
    treatment = str(created(drafted)["id"])
    for _ in range(tasks):
        await a_task(org, treatment)
    return treatment


async def a_task(org: Organisation, treatment: str, **changes: Any) -> str:
    draft = TASK | {"due_on": day(30), "cost": 100_000} | changes
    return str(created(await org.manager.post(f"/v1/treatments/{treatment}/actions", json=draft))["id"])


async def proposed(org: Organisation, risk: str, **changes: Any) -> str:
    treatment = await planned(org, risk, **changes)
    ok(await org.manager.post(f"/v1/treatments/{treatment}/proposals", json={}))
    return treatment


async def approved(org: Organisation, risk: str, **changes: Any) -> str:
    """Approved by the risk's owner, and by the risk manager where the ladder asks for it."""
    treatment = await proposed(org, risk, **changes)
    decided = ok(await org.owner.post(f"/v1/treatments/{treatment}/owner-decisions", json=APPROVE))
    if decided["status"] == "proposed":
        decided = ok(await org.risk.post(f"/v1/treatments/{treatment}/approvals", json=APPROVE))
    assert decided["status"] == "approved"
    return treatment


async def tasks_of(org: Organisation, treatment: str) -> list[str]:
    listed = ok(await org.viewer.get("/v1/treatment-actions", params={"treatment_id": treatment}))["items"]
    return [task["id"] for task in listed]


async def read(org: Organisation, treatment: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/treatments/{treatment}"))


@dataclass(slots=True)
class Office:
    """An organisation of which only the risk service knows: verbs are called in process, each in a transaction.

    Olga owns the risk, Paul plans and proposes, Tess owns the treatment, Ann its action, Vera verifies, and Adam is
    an administrator whom the ladder names.
    """

    database: Database
    org: UUID = field(default_factory=uuid4)

    async def open(self) -> "Office":
        async with self.database.transaction(self.org) as session:
            await introduce(session, *NAMES)
        return self

    async def do(self, verb: Callable[..., Awaitable[T]], *args: Any, by: str, at: datetime = NOW, **said: Any) -> T:
        async with self.database.transaction(self.org) as session:
            return await verb(session, *args, by=acting(by), at=at, **said)

    async def risk(self, **changes: Any) -> UUID:
        draft = DRAFT | {"owner": "olga@example.com", "inherent": MODERATE} | changes
        return (await self.do(risks.identify, draft=RiskDraft.model_validate(draft), by="olga")).id

    async def the_risk(self, risk: UUID) -> Risk:
        async with self.database.transaction(self.org) as session:
            seen = await found(session, Risk, risk)
        assert seen is not None
        return seen

    async def the_treatment(self, treatment: UUID) -> Treatment:
        async with self.database.transaction(self.org) as session:
            seen = await found(session, Treatment, treatment)
        assert seen is not None
        return seen

    async def the_task(self, task: UUID) -> TreatmentAction:
        async with self.database.transaction(self.org) as session:
            seen = await found(session, TreatmentAction, task)
        assert seen is not None
        return seen

    async def draft(self, risk: UUID, **changes: Any) -> UUID:
        given = a_treatment(str(risk), owner="tess@example.com") | changes
        return (await self.do(treatments.plan_treatment, draft=TreatmentDraft.model_validate(given), by="paul")).id

    async def task(self, treatment: UUID, **changes: Any) -> UUID:
        given = TASK | {"owner": "ann@example.com", "due_on": day(30)} | changes
        draft = TreatmentActionDraft.model_validate(given)
        return (await self.do(treatment_actions.plan, treatment, draft=draft, by="paul")).id

    async def propose(self, treatment: UUID) -> None:
        await self.do(treatments.propose, treatment, note=None, by="paul")

    async def decide(self, treatment: UUID, **said: Any) -> None:
        draft = TreatmentDecision.model_validate(said or APPROVE)
        await self.do(decisions.decide_as_owner, treatment, draft=draft, by="olga")

    async def start(self, treatment: UUID) -> None:
        await self.do(progress.start, treatment, by="tess")

    async def work(self, task: UUID) -> None:
        await self.do(treatment_actions.start, task, by="ann")

    async def finish(self, task: UUID) -> None:
        completion = TreatmentActionCompletion.model_validate(DONE)
        await self.do(treatment_actions.complete, task, completion=completion, by="ann")

    async def check(self, task: UUID, **said: Any) -> None:
        verification = TreatmentActionVerification.model_validate(VERIFIED | said)
        await self.do(treatment_actions.verify, task, verification=verification, by="vera")

    async def drop(self, task: UUID) -> None:
        await self.do(treatment_actions.drop, task, reason="Not needed.", by="vera")

    async def complete(self, treatment: UUID) -> None:
        await self.do(progress.complete, treatment, note="Done.", by="tess")

    async def verify(self, treatment: UUID, *, by: str = "vera", **said: Any) -> None:
        verification = TreatmentVerification.model_validate(VERIFIED | said)
        await self.do(progress.verify, treatment, verification=verification, by=by)

    async def close(self, treatment: UUID, *, by: str = "vera") -> None:
        await self.do(progress.close, treatment, note="Over.", by=by)

    async def cancel(self, treatment: UUID) -> None:
        await self.do(progress.cancel, treatment, reason="Not needed.", by="vera")

    async def at(self, status: str, risk: UUID, **changes: Any) -> tuple[UUID, UUID]:
        """A treatment in a state, with its action, which is verified once the treatment is done."""
        treatment = await self.draft(risk, **changes)
        task = await self.task(treatment)
        steps: dict[str, list[Callable[[], Awaitable[None]]]] = {
            "draft": [],
            "proposed": [lambda: self.propose(treatment)],
            "approved": [lambda: self.decide(treatment)],
            "in_progress": [lambda: self.start(treatment)],
            "done": [
                lambda: self.work(task),
                lambda: self.finish(task),
                lambda: self.check(task),
                lambda: self.complete(treatment),
            ],
            "verified": [lambda: self.verify(treatment)],
            "closed": [lambda: self.close(treatment)],
        }
        for state, todo in steps.items():
            for step in todo:
                await step()
            if state == status:
                break
        if status == "cancelled":
            raise ValueError("cancel it yourself")
        return treatment, task


def a_day(days: int) -> date:
    return date.fromisoformat(day(days))
