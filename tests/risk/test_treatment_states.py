"""Every refusal of the states of treatments and of their actions, and how a risk is treated, in process."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.risk.register.credits.rules import ControlFacts
from services.risk.register.lifecycles import actions as lifecycles
from services.risk.register.lifecycles.schemas import RiskClosure
from services.risk.register.risks.models import Risk
from services.risk.terms.presets.rules import DEFAULT, PRESETS
from services.risk.treatments.risk_treatments.rules import treatment_of
from services.risk.treatments.treatment_actions import actions as treatment_actions
from services.risk.treatments.treatment_actions.schemas import TreatmentActionRevision
from services.risk.treatments.treatment_deadlines.actions import announce_actions_due, announce_treatments_due
from services.risk.treatments.treatment_decisions import actions as decisions
from services.risk.treatments.treatment_progress import actions as progress
from services.risk.treatments.treatment_progress.rules import answers_after, lacking_effect
from services.risk.treatments.treatment_progress.schemas import TreatmentRescheduling
from services.risk.treatments.treatments import actions as treatments
from services.risk.treatments.treatments.models import Treatment
from services.risk.treatments.treatments.schemas import ActionCounts, TreatmentDecision, TreatmentRevision
from shared.data.records import ANY_VERSION
from shared.data.sessions import Database
from shared.events.catalogue.controls import HealthState
from shared.problems import Conflict, Invalid, SeparationOfDuties
from tests.risk.treated import APPROVE, MODERATE, NOW, RETURNED, Office, a_day, day

Verb = Callable[[Office, UUID], Awaitable[Any]]
AT_TARGET = {"target": MODERATE}
CONTROL = "0198b2f4-0000-7000-8000-000000000001"


@pytest.fixture
async def office(database: Database) -> Office:
    return await Office(database).open()


def _revise(office: Office, treatment: UUID) -> Awaitable[None]:
    revision = TreatmentRevision(title="Another title")
    return office.do(treatments.revise, treatment, revision=revision, expected=ANY_VERSION, by="paul")


def _approve(office: Office, treatment: UUID) -> Awaitable[None]:
    return office.do(decisions.approve, treatment, draft=TreatmentDecision.model_validate(APPROVE), by="adam")


def _reschedule(office: Office, treatment: UUID) -> Awaitable[None]:
    rescheduling = TreatmentRescheduling(due_on=a_day(90), reason="Later.")
    return office.do(progress.reschedule, treatment, rescheduling=rescheduling, by="paul")


VERBS: dict[str, Verb] = {
    "revise": _revise,
    "propose": Office.propose,
    "decide": Office.decide,
    "approve": _approve,
    "start": Office.start,
    "reschedule": _reschedule,
    "complete": Office.complete,
    "verify": Office.verify,
    "close": Office.close,
    "cancel": Office.cancel,
    "plan an action": Office.task,
}
# By the state, which verbs it lets through; every other one is refused.
ALLOWED = {
    "draft": {"revise", "plan an action", "propose", "cancel"},
    "proposed": {"decide", "approve", "cancel"},
    "approved": {"revise", "plan an action", "reschedule", "start", "cancel"},
    "in_progress": {"revise", "plan an action", "reschedule", "complete", "cancel"},
    "done": {"verify", "cancel"},
    "verified": {"close", "cancel"},
    "closed": set(),
    "cancelled": set(),
}


@pytest.mark.parametrize("status", ALLOWED)
async def test_a_state_refuses_every_other_verb(office: Office, status: str) -> None:
    risk = await office.risk()
    treatment, _ = await office.at("draft" if status == "cancelled" else status, risk, **AT_TARGET)
    if status == "cancelled":
        await office.cancel(treatment)
    for name, verb in VERBS.items():
        if name not in ALLOWED[status]:
            with pytest.raises(Conflict) as refused:
                await verb(office, treatment)
            assert type(refused.value) is Conflict, name
            assert f"from state '{status}'" in refused.value.detail
    assert (await office.the_treatment(treatment)).status == status


TASK_VERBS: dict[str, Verb] = {
    "revise": lambda office, task: office.do(
        treatment_actions.revise,
        task,
        revision=TreatmentActionRevision(text="Otherwise."),
        expected=ANY_VERSION,
        by="paul",
    ),
    "start": Office.work,
    "complete": Office.finish,
    "verify": Office.check,
    "drop": Office.drop,
}
TASK_ALLOWED = {
    "open": {"revise", "start", "drop"},
    "in_progress": {"revise", "complete", "drop"},
    "done": {"verify"},
    "verified": set(),
    "dropped": set(),
}


async def test_a_state_of_an_action_refuses_every_other_verb(office: Office) -> None:
    treatment, task = await office.at("in_progress", await office.risk(), **AT_TARGET)
    dropped = await office.task(treatment)
    await office.drop(dropped)
    await _refused_for_tasks(office, dropped, "dropped")
    for status, step in (("open", office.work), ("in_progress", office.finish), ("done", office.check)):
        await _refused_for_tasks(office, task, status)
        await step(task)
    await _refused_for_tasks(office, task, "verified")


async def _refused_for_tasks(office: Office, task: UUID, status: str) -> None:
    assert (await office.the_task(task)).status == status
    for name, verb in TASK_VERBS.items():
        if name not in TASK_ALLOWED[status]:
            with pytest.raises(Conflict, match=f"from state '{status}'"):
                await verb(office, task)


@pytest.mark.parametrize(("status", "allowed"), [("draft", "rd"), ("proposed", ""), ("approved", "rd"), ("done", "v")])
async def test_work_on_actions_begins_with_the_treatment(office: Office, status: str, allowed: str) -> None:
    """Of a draft and an approved treatment actions are revised and dropped, and once it is done they are verified."""
    treatment = await office.draft(await office.risk(), **AT_TARGET)
    task = await office.task(treatment)
    todo: dict[str, list[Callable[[], Awaitable[None]]]] = {
        "draft": [],
        "proposed": [lambda: office.propose(treatment)],
        "approved": [lambda: office.decide(treatment)],
        "done": [
            lambda: office.start(treatment),
            lambda: office.work(task),
            lambda: office.finish(task),
            lambda: office.complete(treatment),
        ],
    }
    for state, steps in todo.items():
        for step in steps:
            await step()
        if state == status:
            break
    for name, verb in TASK_VERBS.items():
        if name[0] not in allowed:
            with pytest.raises(Conflict, match=f"from state '{status}'"):
                await verb(office, task)
    if allowed == "rd":
        await TASK_VERBS["revise"](office, task)
        await office.drop(task)


async def test_a_proposal_lacks_nothing(office: Office) -> None:
    risk = await office.risk()
    bare = await office.draft(risk, owner=None, due_on=None, target=None)
    with pytest.raises(treatments.TreatmentIncomplete) as refused:
        await office.propose(bare)
    assert [fault.pointer for fault in refused.value.faults] == ["/target", "/owner", "/due_on", "/controls"]
    overdue = await office.draft(risk, due_on=day(-1), strategy="transfer")
    with pytest.raises(treatments.TreatmentIncomplete) as refused:
        await office.propose(overdue)
    assert [fault.pointer for fault in refused.value.faults] == ["/due_on"]
    dropped = await office.draft(risk)
    await office.drop(await office.task(dropped))
    with pytest.raises(treatments.TreatmentIncomplete):
        await office.propose(dropped)
    insured = await office.draft(risk, strategy="transfer")
    await office.propose(insured)


async def test_a_returned_proposal_is_a_draft_for_the_next_round(office: Office) -> None:
    treatment, _ = await office.at("proposed", await office.risk(), **AT_TARGET)
    with pytest.raises(Invalid) as refused:
        await office.decide(treatment, decision="return")
    assert [fault.pointer for fault in refused.value.faults] == ["/note"]
    await office.decide(treatment, **RETURNED)
    assert (await office.the_treatment(treatment)).status == "draft"
    await office.propose(treatment)
    await office.decide(treatment)
    now = await office.the_treatment(treatment)
    assert (now.status, now.round) == ("approved", 2)
    assert [(each["round"], each["decision"]) for each in now.decisions] == [(1, "return"), (2, "approve")]


async def test_who_carries_out_a_treatment_neither_verifies_nor_closes_it(office: Office) -> None:
    treatment, _ = await office.at("done", await office.risk(), **AT_TARGET)
    for doer in ("tess", "ann"):
        with pytest.raises(SeparationOfDuties):
            await office.verify(treatment, by=doer)
    await office.verify(treatment)
    for doer in ("tess", "ann"):
        with pytest.raises(SeparationOfDuties):
            await office.close(treatment, by=doer)


async def test_what_has_no_effect_is_reworked(office: Office) -> None:
    risk = await office.risk()
    treatment, task = await office.at("done", risk)
    with pytest.raises(progress.EffectNotShown, match="The risk is at Moderate; the target is Low"):
        await office.verify(treatment)
    await office.verify(treatment, **RETURNED)
    now = await office.the_treatment(treatment)
    assert (now.status, now.done_by) == ("in_progress", None)
    assert now.due_at is not None
    assert (await office.the_task(task)).status == "verified"
    assert (await office.the_risk(risk)).treatment == "mitigate"


async def test_a_returned_action_is_in_progress_again(office: Office) -> None:
    treatment, task = await office.at("in_progress", await office.risk(), **AT_TARGET)
    await office.work(task)
    await office.finish(task)
    await office.check(task, **RETURNED)
    assert (await office.the_task(task)).status == "in_progress"
    with pytest.raises(progress.ActionsUndone):
        await office.complete(treatment)
    await office.finish(task)
    await office.complete(treatment)
    with pytest.raises(progress.EffectNotShown, match="1 of its actions is done and not verified"):
        await office.verify(treatment)
    with pytest.raises(Conflict, match="from state 'done'"):
        await office.check(task, **RETURNED)
    await office.check(task)
    await office.verify(treatment)


async def test_a_risk_is_treated_by_what_is_under_way_and_untreated_afterwards(office: Office) -> None:
    risk = await office.risk()
    assert (await office.the_risk(risk)).treatment == "untreated"
    insured, _ = await office.at("approved", risk, strategy="transfer", target={"likelihood": 4, "impact": 2})
    assert (await office.the_risk(risk)).treatment == "transfer"
    lowered, _ = await office.at("approved", risk)
    now = await office.the_risk(risk)
    assert (now.treatment, now.live_treatments, now.target) == ("mitigate", [insured, lowered], (2, 3))
    closure = RiskClosure.model_validate({"reason": "avoided", "note": "Sold."})
    with pytest.raises(lifecycles.StillTreated):
        await office.do(lifecycles.close, risk, closure=closure, by="olga")
    await office.cancel(lowered)
    assert (await office.the_risk(risk)).treatment == "transfer"
    await office.cancel(insured)
    now = await office.the_risk(risk)
    assert (now.treatment, now.live_treatments) == ("untreated", [])


async def test_a_closed_treatment_counts_while_the_risk_is_within_appetite(office: Office) -> None:
    risk = await office.risk()
    treatment, _ = await office.at("closed", risk, strategy="avoid", **AT_TARGET)
    now = await office.the_risk(risk)
    assert (now.within_appetite, now.treatment, now.live_treatments) == (True, "avoid", [])
    assert (await office.the_treatment(treatment)).ended_by is not None


async def test_what_is_planned_for_a_risk_ends_with_it(office: Office) -> None:
    risk = await office.risk()
    draft = await office.draft(risk)
    proposal, _ = await office.at("proposed", risk)
    closure = RiskClosure.model_validate({"reason": "avoided", "note": "Sold."})
    await office.do(lifecycles.close, risk, closure=closure, by="olga")
    for treatment in (draft, proposal):
        now = await office.the_treatment(treatment)
        assert (now.status, now.end_reason) == ("cancelled", "The risk was closed.")


async def test_due_days_are_announced_before_and_when_they_are_missed_once_each(office: Office) -> None:
    treatment, task = await office.at("in_progress", await office.risk(), due_on=day(60), **AT_TARGET)
    told: list[tuple[int, ...]] = []
    for days in (0, 21, 24, 29, 31, 32, 52, 54, 61, 70):
        counts = []
        for sweep in (announce_treatments_due, announce_actions_due):
            async with office.database.transaction(office.org) as session:
                counts.append(await sweep(session, as_of=NOW + timedelta(days=days), limit=10))
        if any(counts):
            told.append((days, *counts))
    assert told == [(21, 0, 1), (24, 0, 1), (31, 1, 1), (54, 1, 0), (61, 1, 0)]
    now, its = await office.the_treatment(treatment), await office.the_task(task)
    assert (now.overdue_told_for, now.due_at) == (a_day(60), None)
    assert (its.overdue_told_for, its.due_at) == (a_day(30), None)
    await _reschedule(office, treatment)
    assert (await office.the_treatment(treatment)).due_at is not None


def _risk(**changes: Any) -> Risk:
    factors: dict[str, Any] = {
        "inherent_likelihood": 4,
        "inherent_impact": 3,
        "computed_likelihood": 2,
        "computed_impact": 3,
    }
    current: dict[str, Any] = {"current_level": "low", "level_rank": 2, "within_appetite": True, "controls": []}
    return Risk.model_construct(**factors | current | {"acceptance_id": None} | changes)


def test_how_a_risk_is_treated() -> None:
    above, unlowered = {"within_appetite": False}, {"computed_likelihood": 4}
    accepted = {"acceptance_id": UUID(CONTROL)}
    cases: list[tuple[dict[str, Any], set[str], str | None, str]] = [
        (accepted | above, {"avoid"}, None, "accept"),
        (above, {"transfer", "mitigate", "avoid"}, None, "avoid"),
        (above, {"transfer", "mitigate"}, "avoid", "mitigate"),
        (above, {"transfer"}, "avoid", "transfer"),
        (above, set(), "avoid", "untreated"),
        ({}, set(), "transfer", "transfer"),
        ({}, set(), None, "mitigate"),
        (unlowered, set(), None, "untreated"),
        (above, set(), None, "untreated"),
    ]
    for changes, under_way, closed, expected in cases:
        assert treatment_of(_risk(**changes), under_way, closed) == expected, (changes, under_way, closed)


def _plan(**changes: Any) -> Treatment:
    effect = {"control_id": CONTROL, "effect_on": "likelihood", "steps": 2}
    whole: dict[str, Any] = {"controls": [effect], "target_likelihood": 2, "target_impact": 3}
    return Treatment.model_construct(**whole | {"action_counts": ActionCounts().model_dump()} | changes)


def _control(health: HealthState, *, retired: bool = False, in_operation: bool = True) -> dict[UUID, ControlFacts]:
    return {UUID(CONTROL): ControlFacts("AC-01", "Review", health, [], retired, in_operation)}


def test_what_is_still_to_be_shown_of_an_effect() -> None:
    terms, healthy = PRESETS[DEFAULT], _control(HealthState.HEALTHY)
    assert [*lacking_effect(_plan(), _risk(), healthy, terms)] == []
    for known, sentence in (
        ({}, f"Control {CONTROL} is not known yet."),
        (_control(HealthState.HEALTHY, retired=True), "Control AC-01 'Review' is retired."),
        (_control(HealthState.HEALTHY, in_operation=False), "Control AC-01 'Review' is not in operation."),
        (_control(HealthState.FAILING), "Control AC-01 'Review' is failing."),
        (_control(HealthState.AT_RISK), "Control AC-01 'Review' is at risk."),
        (_control(HealthState.UNKNOWN), "Control AC-01 'Review' is not shown to work."),
    ):
        assert [*lacking_effect(_plan(), _risk(), known, terms)] == [sentence]
    high = _risk(current_level="high", level_rank=4)
    assert [*lacking_effect(_plan(), high, healthy, terms)] == ["The risk is at High; the target is Low."]
    beyond = [*lacking_effect(_plan(target_likelihood=7), _risk(), healthy, terms)]
    assert beyond == ["The method in force has not the steps of the target: cancel this treatment and plan another."]


def test_a_planned_effect_replaces_one_on_the_same_factor() -> None:
    impact = {"control_id": CONTROL, "effect_on": "impact", "steps": 1}
    weaker = {"control_id": CONTROL, "effect_on": "likelihood", "steps": 1}
    assert answers_after(_risk(controls=[weaker, impact]), _plan()) == [impact, *_plan().controls]
