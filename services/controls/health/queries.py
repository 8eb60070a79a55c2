from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, DateTime, Text, Uuid, bindparam, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.controls.models import Control, ControlStatus
from services.controls.health.models import Health, KnownExpectation, KnownProof, ProofState
from services.controls.health.rules import ExpectationFacts, Facts, ProofFacts
from shared.data.base import table_of
from shared.data.reads import Listing, One
from shared.events.catalogue.controls import HealthState

_H = table_of(Health).c
_C = table_of(Control).c

_HEALTH = select(_H.id, _C.code, _C.title, _H.state, _H.reasons, _H.since, _H.version, _H.updated_at).join(
    table_of(Control),
    _C.id == _H.id,
)

health = One("health of control", _HEALTH, by=_H.id)

healths = Listing(
    _HEALTH,
    id=_H.id,
    filters={
        "state": _H.state == bindparam("state", type_=Text()),
        "updated_since": _H.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"code": _C.code, "since": _H.since},
)


@dataclass(frozen=True, slots=True)
class Announced:
    """A control's health as last announced; version 0 when it never was."""

    state: HealthState
    reasons: list[str]
    since: datetime | None
    version: int


async def last_announced(session: AsyncSession, control_ids: Sequence[UUID]) -> dict[UUID, Announced]:
    """The health of each of these controls as last announced."""
    query = select(_H.id, _H.state, _H.reasons, _H.since, _H.version).where(_among(_H.id, control_ids))
    known = {
        row.id: Announced(HealthState(row.state), row.reasons, row.since, row.version)
        for row in await session.execute(query)
    }
    never = Announced(HealthState.UNKNOWN, [], None, 0)
    return {each: known.get(each, never) for each in control_ids}


async def facts_of(session: AsyncSession, controls: Sequence[Control]) -> dict[UUID, Facts]:
    """All that is known of each of these controls: one select a kind of fact, however many they are.

    Of a control that is not in operation nothing else matters.
    """
    facts = {each.id: Facts(implemented=each.status == ControlStatus.IMPLEMENTED) for each in controls}
    operated = [control_id for control_id, each in facts.items() if each.implemented]
    if operated:
        expectations = await _expectations(session, operated)
        facts |= {each: Facts(implemented=True, expectations=expectations[each]) for each in operated}
    return facts


async def _expectations(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, list[ExpectationFacts]]:
    expected, proof = table_of(KnownExpectation).c, table_of(KnownProof).c
    known = (
        select(
            expected.control_id,
            expected.id,
            expected.title,
            proof.title.label("proof"),
            proof.state,
            proof.valid_until,
        )
        .join_from(table_of(KnownExpectation), table_of(KnownProof), proof.expectation_id == expected.id, isouter=True)
        .where(_among(expected.control_id, control_ids), ~expected.withdrawn)
    )
    titles: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    proofs: dict[UUID, list[ProofFacts]] = defaultdict(list)
    for row in await session.execute(known):
        titles[row.control_id][row.id] = row.title
        if row.state is not None:
            proofs[row.id].append(ProofFacts(row.proof, ProofState(row.state), row.valid_until))
    found: dict[UUID, list[ExpectationFacts]] = defaultdict(list)
    for control_id, expected_of in titles.items():
        found[control_id] = [ExpectationFacts(title, proofs[each]) for each, title in expected_of.items()]
    return found


def _among(key: ColumnElement[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    """`key` is one of these: as one array, so that the statement is the same however many there are."""
    return key == func.any(literal(list(ids), ARRAY(Uuid())))
