"""What is known of other services' things is the same in whatever order and in whatever batches it was heard."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise, permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import ARRAY, Column, Text, select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import registry
from sqlalchemy.schema import CreateTable
from sqlmodel import Field

from deploy.local.stack import Stack
from shared.clock import new_id
from shared.data.base import Owned, table_of
from shared.data.transactions import Transaction
from shared.events.catalogue.controls import (
    ControlDefined,
    ControlFailing,
    ControlProven,
    ControlRetired,
    ControlRevised,
    HealthState,
)
from shared.events.catalogue.evidence import EvidenceAccepted, EvidenceExpired, Proof
from shared.events.event import Event, Heard
from shared.events.replicas import Facet, Replica, is_one_of
from shared.identity.callers import SYSTEM

_registry = registry()
_ORG, _NOW = new_id(), datetime(2026, 6, 30, 12, tzinfo=UTC)
_CONTROL, _OTHER = sorted((new_id(), new_id()))
_HEALTH = (ControlFailing, ControlProven)


class _Known(Owned, registry=_registry):
    org_id: UUID = Field(primary_key=True)


class Thing(_Known, table=True):
    __tablename__ = "replicated_things"
    __table_args__ = ({"prefixes": ["TEMPORARY"]},)

    id: UUID = Field(primary_key=True)
    code: str
    retired: bool = False
    control_version: int = 0
    health: str = HealthState.UNKNOWN
    reasons: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))
    health_version: int = 0
    noted_by_hand: str | None = None


class ThingPart(_Known, table=True):
    __tablename__ = "replicated_parts"
    __table_args__ = ({"prefixes": ["TEMPORARY"]},)

    item_id: UUID = Field(primary_key=True)
    expectation_id: UUID = Field(primary_key=True)
    expired: bool
    version: int


THINGS = Replica(
    Thing,
    Facet(
        "control_version", (ControlDefined, ControlRevised, ControlRetired), "code", retired=is_one_of(ControlRetired)
    ),
    Facet("health_version", _HEALTH, "code", "health", "reasons"),
)
PARTS = Replica(
    ThingPart,
    Facet(
        "version",
        (EvidenceAccepted, EvidenceExpired),
        rows=lambda heard: [
            {
                "item_id": heard.subject,
                "expectation_id": proof.expectation_id,
                "expired": isinstance(heard.event, EvidenceExpired),
            }
            for proof in heard.event.proves
        ],
        expired=is_one_of(EvidenceExpired),
    ),
    key=("item_id", "expectation_id"),
)


@pytest.fixture(scope="module")
async def session(stack: Stack) -> AsyncIterator[AsyncSession]:
    address = stack.environment("risk")["ATTEST_SUPERUSER_DATABASE_URL"]
    engine = create_async_engine(address.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with AsyncSession(engine, info={"transaction": Transaction(_ORG, _NOW)}) as opened:
        for model in (Thing, ThingPart):
            await opened.execute(CreateTable(table_of(model)))
        yield opened
    await engine.dispose()


def heard(event: Event, version: int, subject: UUID = _CONTROL) -> Heard[Event]:
    return Heard(new_id(), _ORG, subject, version, _NOW, SYSTEM, event)


def named(kind: type[ControlDefined | ControlRevised | ControlRetired], version: int) -> Heard[Event]:
    return heard(kind(code=f"AC-{version}", title="Access"), version)


def turned(kind: type[ControlFailing | ControlProven], version: int) -> Heard[Event]:
    state = HealthState.FAILING if kind is ControlFailing else HealthState.HEALTHY
    about = {
        "code": f"H-{version}",
        "title": "Access",
        "before": HealthState.UNKNOWN,
        "reasons": [f"Reason {version}"],
        "reason_codes": [],
    }
    return heard(kind.model_validate(about | {"health": state}), version)


STORY = [
    named(ControlDefined, 1),
    turned(ControlProven, 1),
    named(ControlRevised, 2),
    turned(ControlFailing, 4),
    named(ControlRetired, 3),
]


async def known(session: AsyncSession, batches: Sequence[Sequence[Heard[Event]]]) -> list[tuple[Any, ...]]:
    """What is known after these batches."""
    await session.execute(text("truncate replicated_things"))
    for batch in batches:
        await THINGS.note(session, batch)
    columns = table_of(Thing).c
    rows = await session.execute(select(*(column for column in columns if column.name != "org_id")).order_by("id"))
    return [tuple(row) for row in rows]


async def test_what_was_not_heard_yet_has_its_defaults(session: AsyncSession) -> None:
    assert await known(session, [[STORY[0]]]) == [(_CONTROL, "AC-1", False, 1, "unknown", [], 0, None)]


async def test_a_field_of_two_facets_is_told_by_the_first_once_it_is_heard(session: AsyncSession) -> None:
    failing, defined = turned(ControlFailing, 4), named(ControlDefined, 1)
    assert (await known(session, [[turned(ControlProven, 1)], [failing]]))[0][1] == "H-4"
    assert (await known(session, [[failing], [defined], [turned(ControlProven, 5)]]))[0][1] == "AC-1"


async def test_every_order_and_every_division_leads_to_the_same(session: AsyncSession) -> None:
    expected = [(_CONTROL, "AC-3", True, 3, "failing", ["Reason 4"], 4, None)]
    for order in permutations(STORY):
        for batches in [order], [[one] for one in order], [order[:3], order[3:]]:
            assert await known(session, batches) == expected, [one.event.name for one in order]


async def test_the_end_of_a_thing_is_not_undone_by_what_is_heard_late(session: AsyncSession) -> None:
    retired, defined = named(ControlRetired, 3), named(ControlDefined, 1)
    assert (await known(session, [[retired], [defined]]))[0][2] is True


async def test_what_was_new_is_told_and_nothing_else(session: AsyncSession) -> None:
    await known(session, [[named(ControlDefined, 2), turned(ControlProven, 2)]])
    late, newer = named(ControlRevised, 1), turned(ControlFailing, 3)
    other = heard(ControlDefined(code="AC-9", title="Access"), 1, _OTHER)
    noted = await THINGS.note(session, [other, newer, late])
    assert [(news.heard, news.row["id"]) for news in noted] == [(other, _OTHER), (newer, _CONTROL)]
    assert await THINGS.note(session, [late, newer, other]) == []
    assert await THINGS.note(session, []) == []


async def test_a_column_of_no_facet_is_left_alone(session: AsyncSession) -> None:
    await known(session, [[named(ControlDefined, 1)]])
    await session.execute(text("update replicated_things set noted_by_hand = 'kept'"))
    await THINGS.note(session, [named(ControlRevised, 2)])
    assert await session.scalar(select(table_of(Thing).c.noted_by_hand)) == "kept"


async def test_an_event_may_tell_of_several_rows(session: AsyncSession) -> None:
    item, one, two = (new_id() for _ in range(3))

    def told(kind: type[EvidenceAccepted | EvidenceExpired], version: int, *expectations: UUID) -> Heard[Event]:
        proves = [Proof(expectation_id=each, control_id=_CONTROL, valid_until=None) for each in expectations]
        now = datetime.now(UTC)
        covers = {"covers_from": now, "covers_until": now, "accepted_at": now}
        return heard(kind(title="Review", **covers, proves=proves), version, item)

    await PARTS.note(session, [told(EvidenceExpired, 3, one), told(EvidenceAccepted, 2, one, two)])
    columns = table_of(ThingPart).c
    rows = await session.execute(select(columns.expectation_id, columns.expired, columns.version))
    assert {tuple(row) for row in rows} == {(one, True, 3), (two, False, 2)}


def test_a_field_that_the_events_do_not_have_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="has no colour"):
        Facet("version", (ControlDefined,), "code", "colour")


@settings(max_examples=40, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    told=st.lists(
        st.tuples(st.sampled_from([ControlDefined, ControlRetired, *_HEALTH]), st.integers(1, 5)), min_size=1
    ),
    cuts=st.sets(st.integers(1, 10)),
)
async def test_the_newest_version_of_each_facet_is_known(
    session: AsyncSession, told: list[tuple[type[Event], int]], cuts: set[int]
) -> None:
    """Held against the same rule in Python; of one version there is one event, as services announce them."""
    once = {(kind in _HEALTH, version): kind for kind, version in told}
    heard = [turned(kind, n) if health else named(kind, n) for (health, n), kind in once.items()]  # type: ignore[arg-type]
    edges = [0, *sorted(cut for cut in cuts if cut < len(heard)), len(heard)]
    [row] = await known(session, [heard[start:end] for start, end in pairwise(edges)])
    defined, health = (max((n for is_health, n in once if is_health is which), default=0) for which in (False, True))
    assert (row[1], row[3], row[6]) == (f"AC-{defined}" if defined else f"H-{health}", defined, health)
    assert row[2] is (defined > 0 and once[False, defined] is ControlRetired)
    assert row[5] == ([f"Reason {health}"] if health else [])
