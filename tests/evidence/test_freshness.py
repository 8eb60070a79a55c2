import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.evidence.items.proofs.models import Announced, Freshness
from services.evidence.items.proofs.rules import Counting, superseded, validity
from shared.events.catalogue.evidence import EvidenceAccepted, EvidenceExpired
from tests.evidence.given import accepted, an_expectation, kinds_told_of, read, sweep, told_of
from tests.support import Organisation, eventually, problem

INSTANTS = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2199, 12, 31)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)
FRESHNESS_DAYS, EXPIRING_DAYS = st.integers(0, 3650), st.integers(0, 365)
ORDER = [Freshness.FRESH, Freshness.EXPIRING, Freshness.EXPIRED]


@given(INSTANTS, INSTANTS, INSTANTS, FRESHNESS_DAYS, EXPIRING_DAYS)
def test_freshness_only_gets_worse_with_time(
    end: datetime, one: datetime, other: datetime, freshness_days: int, expiring_days: int
) -> None:
    counts = validity(end, freshness_days=freshness_days, expiring_days=expiring_days)
    assert ORDER.index(counts.as_of(min(one, other))) <= ORDER.index(counts.as_of(max(one, other)))


@given(INSTANTS, FRESHNESS_DAYS, EXPIRING_DAYS)
def test_the_ends_are_half_open(end: datetime, freshness_days: int, expiring_days: int) -> None:
    counts = validity(end, freshness_days=freshness_days, expiring_days=expiring_days)
    moment = timedelta(microseconds=1)
    assert counts.valid_until == end + timedelta(days=freshness_days)
    assert counts.as_of(counts.valid_until) == Freshness.EXPIRED
    assert counts.as_of(counts.valid_until - moment) != Freshness.EXPIRED
    assert counts.as_of(counts.expiring_from - moment) == Freshness.FRESH
    assert counts.as_of(counts.expiring_from) == (Freshness.EXPIRING if expiring_days else Freshness.EXPIRED)


@given(INSTANTS, INSTANTS, st.integers(0, 3649), st.integers(0, 365))
def test_another_day_never_makes_it_worse(end: datetime, as_of: datetime, days: int, expiring_days: int) -> None:
    less = validity(end, freshness_days=days, expiring_days=expiring_days).as_of(as_of)
    more = validity(end, freshness_days=days + 1, expiring_days=expiring_days).as_of(as_of)
    assert ORDER.index(more) <= ORDER.index(less)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_whatever_the_order_of_acceptance_the_latest_end_stands(days: list[int]) -> None:
    standing: dict[UUID, Counting] = {}
    for number, day in enumerate(days):
        end = validity(datetime(2026, 1, 1 + day, tzinfo=UTC), freshness_days=0, expiring_days=0)
        new = Counting(UUID(int=number), UUID(int=0), UUID(int=0), end, Announced.FRESH)
        gone = superseded([new], list(standing.values()))
        standing[new.item_id] = new
        for each in gone:
            successor = next(other for other in standing.values() if other.item_id == each.superseded_by)
            assert successor.validity.valid_until > each.validity.valid_until
            del standing[each.item_id]
    assert {each.validity.valid_until.day for each in standing.values()} == {1 + max(days)}
    assert len(standing) == days.count(max(days))


async def test_evidence_that_is_expired_when_accepted_is_announced_so_at_once(org: Organisation) -> None:
    item = await accepted(org, await an_expectation(org), covers_until=datetime.now(UTC) - timedelta(days=30))
    assert (item["status"], item["freshness"]) == ("accepted", "expired")
    told = (await told_of(org, item))[-2:]
    assert [each["type"] for each in told] == ["evidence.item.accepted", "evidence.item.expired"]
    assert told[0]["version"] < told[1]["version"] == item["version"]
    assert told[0]["occurred_at"] == told[1]["occurred_at"]


async def runs_out(org: Organisation, *expectations: dict[str, Any]) -> dict[str, Any]:
    """Accepted evidence for expectations without freshness days, at the moment its period has run out."""
    for seconds in (0.5, 2, 8):  # a busy machine may take longer to submit and accept it than it is fresh
        item = await accepted(org, *expectations, covers_until=datetime.now(UTC) + timedelta(seconds=seconds))
        if item["freshness"] == "fresh":
            break
    assert item["freshness"] == "fresh"

    async def expired() -> bool:
        return bool((await read(org, item))["freshness"] == "expired")

    await eventually(expired)
    return item


async def test_each_change_is_announced_once_even_when_two_sweep_at_once(org: Organisation) -> None:
    expectations = [await an_expectation(org, freshness_days=0, expiring_days=0) for _ in range(3)]
    item = await runs_out(org, *expectations)
    await asyncio.gather(sweep(org.manager), sweep(org.second_manager), sweep(org.manager))
    await sweep(org.manager)
    assert await kinds_told_of(org, item) == ["submitted", "accepted", "expired"]
    proves = (await told_of(org, item))[-1]["data"]["proves"]
    assert {each["expectation_id"] for each in proves} == {each["id"] for each in expectations}


async def test_only_what_is_affected_is_listed(org: Organisation) -> None:
    short, long = await an_expectation(org, freshness_days=0, expiring_days=0), await an_expectation(org)
    item = await runs_out(org, short, long)
    await sweep(org.manager)
    *_, accepted_then, last = await told_of(org, item)
    assert last["type"] == "evidence.item.expired"
    assert [each["expectation_id"] for each in last["data"]["proves"]] == [short["id"]]
    by_the_clock, by_a_person = EvidenceExpired(**last["data"]), EvidenceAccepted(**accepted_then["data"])
    for name in ("title", "covers_from", "covers_until", "accepted_at"):
        assert getattr(by_the_clock, name) == getattr(by_a_person, name)
    assert by_the_clock.accepted_at == datetime.fromisoformat(accepted_then["occurred_at"])
    assert last["actor"] == "system"
    seen = {each["expectation_id"]: each["freshness"] for each in (await read(org, item))["proofs"]}
    assert seen == {short["id"]: "expired", long["id"]: "fresh"}


async def test_expiring_is_announced_before_expired(org: Organisation) -> None:
    expectation = await an_expectation(org, freshness_days=1, expiring_days=1)
    item = await accepted(org, expectation, covers_until=datetime.now(UTC) + timedelta(seconds=0.5))
    assert item["freshness"] == "fresh"

    async def announced() -> list[str]:
        await sweep(org.manager)
        kinds = await kinds_told_of(org, item)
        return kinds if "expiring" in kinds else []

    assert await eventually(announced) == ["submitted", "accepted", "expiring"]


async def test_what_is_withdrawn_is_never_announced_as_expired(org: Organisation) -> None:
    expectation = await an_expectation(org, freshness_days=0, expiring_days=0)
    item = await accepted(org, expectation, covers_until=datetime.now(UTC) + timedelta(seconds=1.5))
    answer = await org.manager.post(f"/v1/expectations/{expectation['id']}/withdrawals", json={"reason": "R"})
    assert answer.status_code == 200
    await asyncio.sleep(1.6)
    await sweep(org.manager)
    assert await kinds_told_of(org, item) == ["submitted", "accepted"]


async def test_a_sweep_is_for_one_organisation_and_for_who_may_run_it(
    org: Organisation, other_org: Organisation
) -> None:
    item = await runs_out(org, await an_expectation(org, freshness_days=0, expiring_days=0))
    assert await sweep(other_org.manager) == 0
    for client in (org.owner, org.reviewer, org.viewer, org.risk):
        problem(await client.post("/v1/services/evidence/sweeps"), 403, "forbidden")
    await sweep(org.manager)
    assert (await kinds_told_of(org, item))[-1] == "expired"
