"""The register of risks: 10,000 risks of 5 controls each, one of which 1,000 share and which fails; another method.

The verbs run in this process as a worker runs them, in an organisation of their own.
"""

import statistics
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from deploy.local.stack import Stack
from services.risk import handlers
from services.risk.app import SERVICE
from services.risk.methods.activations.actions import put_in_force
from services.risk.methods.method_previews.actions import preview
from services.risk.methods.methods.actions import draft
from services.risk.pictures.heat_maps.queries import heat_map_now
from services.risk.pictures.heat_maps.schemas import MOST_IDS
from services.risk.register.risks.actions import add, keep_findable
from services.risk.register.risks.schemas import RiskDraft
from services.risk.register.what_ifs.queries import what_if_failing
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.presets.rules import PRESETS, PresetName
from shared.clock import new_id
from shared.data.sessions import Database
from shared.events.catalogue.controls import ControlFailing, ControlProven, HealthState
from shared.events.event import Event, Heard, handlers_in
from shared.events.inbox import handle_once
from shared.identity.callers import SYSTEM
from tests.bench.report import Limit, Report
from tests.bench.seed import unfenced
from tests.bench.throughput import EVERY_READ
from tests.support import acting, introduce, settings_of

RISKS, CONTROLS, NAMED, SHARED = 10_000, 2_000, 5, 1_000
_AT_ONCE = 1_000
_MAPS = 20
_COUNTED = """
    select inherent_likelihood, inherent_impact, current_likelihood, current_impact, count(*)
    from risks where org_id = $1 and status <> 'closed' group by 1, 2, 3, 4
"""
_FIRST = f"""
    select current_likelihood, current_impact, id from (
        select current_likelihood, current_impact, id,
               row_number() over (partition by current_likelihood, current_impact order by code, id) as place
        from risks where org_id = $1 and status <> 'closed'
    ) ranked where place <= {MOST_IDS} order by place
"""  # noqa: S608 - a number of ours
_RISK_MANAGER = acting("riley")


async def measure(stack: Stack, report: Report) -> None:
    """Report how long it takes until 1,000 risks are rated by a control that fails, and all by another method."""
    database, org_id = Database(settings_of(stack, "risk"), SERVICE.recompute), new_id()
    try:
        shared = await _fill(database, org_id)
        began = time.perf_counter()
        async with database.transaction(org_id) as session:
            found = await what_if_failing(session, [shared])
        report.tell("what if a control of 1,000 risks failed", time.perf_counter() - began, "s", limit=Limit(most=5))
        assert found.risks == SHARED
        failing = _news(org_id, shared, ControlFailing, HealthState.FAILING, 2)
        began = time.perf_counter()
        async with database.transaction(org_id) as session:
            await handle_once(session, handlers_in(handlers), [failing])
        report.tell("1,000 risks rated by a failing control", time.perf_counter() - began, "s", limit=Limit(most=5))
        await _measure_method(database, org_id, report)
        await _measure_heat_map(stack, database, org_id, report)
    finally:
        await database.close()


async def _measure_method(database: Database, org_id: UUID, report: Report) -> None:
    at = datetime.now(UTC)
    async with database.transaction(org_id) as session:
        terms, preset = PRESETS[PresetName.FIVE_BY_FIVE], PresetName.FIVE_BY_FIVE
        method = (await draft(session, terms=terms, preset=preset, at_pointer="", by=_RISK_MANAGER, at=at)).id
    for what, verb in (("previewed", preview), ("rated by another method", put_in_force)):
        began = time.perf_counter()
        async with database.transaction(org_id) as session:
            await verb(session, method, by=_RISK_MANAGER, at=at)
        report.tell(f"10,000 risks {what}", time.perf_counter() - began, "s", limit=Limit(most=60))


async def _measure_heat_map(stack: Stack, database: Database, org_id: UUID, report: Report) -> None:
    """The heat map of all risks, against nothing but its own two selects, by turns."""
    connection = await asyncpg.connect(unfenced(stack, "risk"))
    taken: dict[str, list[float]] = {"bare": [], "map": []}
    for _ in range(_MAPS):
        began = time.perf_counter()
        for statement in (_COUNTED, _FIRST):
            await connection.fetch(statement, org_id)
        taken["bare"].append(time.perf_counter() - began)
        began = time.perf_counter()
        async with database.transaction(org_id) as session:
            drawn = await heat_map_now(session, None)
        taken["map"].append(time.perf_counter() - began)
        assert drawn.risks == RISKS
    await connection.close()
    bare = "heat map of 10,000 risks, its selects alone"
    report.tell(bare, 1 / statistics.median(taken["bare"]), "maps/s")
    report.tell(
        "heat map of 10,000 risks", 1 / statistics.median(taken["map"]), "maps/s", against=bare, limit=EVERY_READ
    )


async def _fill(database: Database, org_id: UUID) -> UUID:
    """Write the risks down, with controls that are healthy; the control that the first thousand share."""
    controls = [new_id() for _ in range(CONTROLS)]
    async with database.transaction(org_id) as session:
        await introduce(session, "riley")
    for begin in range(0, CONTROLS, _AT_ONCE):
        heard = [
            _news(org_id, key, ControlProven, HealthState.HEALTHY, 1) for key in controls[begin : begin + _AT_ONCE]
        ]
        async with database.transaction(org_id) as session:
            await handle_once(session, handlers_in(handlers), heard)
    at = datetime.now(UTC)
    for begin in range(0, RISKS, _AT_ONCE):
        async with database.transaction(org_id) as session:
            terms = (await lock_register(session)).terms
            drafts = [_draft(place, controls) for place in range(begin, begin + _AT_ONCE)]
            assert _RISK_MANAGER.person is not None
            made = [add(session, each, _RISK_MANAGER.person, terms, by=_RISK_MANAGER, at=at) for each in drafts]
            await keep_findable(session, made)
            session.add_all(made)
    return controls[0]


def _draft(place: int, controls: list[UUID]) -> RiskDraft:
    """A risk of the first thousand names the shared control first."""
    named = [controls[1 + (place * NAMED + number) % (CONTROLS - 1)] for number in range(NAMED)]
    if place < SHARED:
        named[0] = controls[0]
    scenario = {"source": "Anyone", "event": "signs in", "consequence": "and reads what they should not."}
    return RiskDraft.model_validate(
        {
            "code": f"R-{place:05}",
            "title": f"Access to system {place}",
            "scenario": scenario,
            "category": "security",
            "owner": "riley@example.com",
            "inherent": {"likelihood": 1 + place % 5, "impact": 1 + place // 5 % 5},
            "controls": [
                {"control_id": key, "effect_on": ("likelihood", "impact")[number % 2], "steps": 1}
                for number, key in enumerate(named)
            ],
        }
    )


def _news(
    org_id: UUID, control: UUID, kind: type[ControlProven | ControlFailing], health: HealthState, version: int
) -> Heard[Event]:
    at = datetime.now(UTC) - timedelta(seconds=1)
    said = {"code": f"C-{control}", "title": "Access review", "health": health, "before": HealthState.UNKNOWN}
    event = kind.model_validate(said | {"reasons": [], "reason_codes": []})
    return Heard(new_id(), org_id, control, version, at, SYSTEM, event)
