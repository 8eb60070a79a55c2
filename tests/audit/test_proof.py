"""The chronology of an engagement from both parties' trails, and what in it is out of order."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from deploy.firm import Firm
from services.audit.proof.inversions.rules import (
    BULK,
    DRAWN,
    ITEM_TESTED,
    OF_INTEREST,
    POPULATION_FROZEN,
    POPULATION_RELIABLE,
    PREPARED,
    REPORT_APPROVED,
    REVIEWED,
    SEEDED,
    Happened,
    InversionCode,
    inversions,
)
from shared.events.event import CATALOGUE
from tests.audit.given import planned, type2
from tests.support import Organisation, eventually, ok, problem

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
KIM, LEE = uuid4(), uuid4()


def happened(kind: str, subject: UUID, seconds: float, *, person: UUID = KIM, **data: Any) -> Happened:
    return Happened(uuid4(), kind, subject, START + timedelta(seconds=seconds), person, "Kim", data)


def codes(*told: Happened) -> list[InversionCode]:
    return [each.code for each in inversions(told)]


def test_every_event_that_is_looked_at_exists() -> None:
    assert CATALOGUE.keys() >= OF_INTEREST


def test_work_in_order_has_no_inversions() -> None:
    population, sample, paper = uuid4(), uuid4(), uuid4()
    of: dict[str, Any] = {"population_id": str(population)}
    told = [
        happened(POPULATION_FROZEN, population, 0),
        happened(POPULATION_RELIABLE, population, 10),
        happened(SEEDED, sample, 20, **of),
        happened(DRAWN, sample, 30, **of),
        happened(ITEM_TESTED, uuid4(), 40, paper_id=str(paper)),
        happened(PREPARED, paper, 50),
        happened(REVIEWED, paper, 50 + 60, person=LEE),
        happened(REPORT_APPROVED, uuid4(), 200, person=LEE),
    ]
    assert codes(*told) == []
    assert codes(*reversed(told)) == [], "it is the instants that count"


def test_what_is_out_of_order_is_named_with_its_events() -> None:
    population, sample, paper = uuid4(), uuid4(), uuid4()
    of: dict[str, Any] = {"population_id": str(population)}
    seeded, drawn = happened(SEEDED, sample, 0, **of), happened(DRAWN, sample, 1, **of)
    frozen = happened(POPULATION_FROZEN, population, 2)
    prepared, reviewed = happened(PREPARED, paper, 10), happened(REVIEWED, paper, 14, person=LEE)
    tested = happened(ITEM_TESTED, uuid4(), 12, paper_id=str(paper))
    found = inversions([seeded, drawn, frozen, prepared, tested, reviewed])
    assert [(each.code, {*each.event_ids}) for each in found] == [
        (InversionCode.SEEDED_BEFORE_FROZEN, {seeded.id, frozen.id}),
        (InversionCode.DRAWN_BEFORE_RELIABLE, {drawn.id}),
        (InversionCode.TESTED_AFTER_PREPARED, {prepared.id, tested.id}),
        (InversionCode.REVIEWED_AT_ONCE, {prepared.id, reviewed.id}),
    ]
    assert "4 s after" in found[-1].text


def test_a_paper_that_is_prepared_again_is_reviewed_again_before_the_report() -> None:
    paper = uuid4()
    told = [happened(PREPARED, paper, 0), happened(REVIEWED, paper, 100), happened(PREPARED, paper, 200)]
    assert codes(*told, happened(REPORT_APPROVED, uuid4(), 300)) == [InversionCode.REPORTED_BEFORE_REVIEWED]
    again = happened(REVIEWED, paper, 280)
    assert codes(*told, again, happened(REPORT_APPROVED, uuid4(), 300)) == []


@given(st.lists(st.integers(1, 400), min_size=1, max_size=12))
def test_signatures_in_bulk_are_runs_of_one_person(gaps: list[int]) -> None:
    at = [sum(gaps[: place + 1]) for place in range(len(gaps))]
    told = [happened(PREPARED, uuid4(), seconds) for seconds in at]
    longest = run = 1
    for gap in gaps[1:]:
        run = run + 1 if gap <= 60 else 1
        longest = max(longest, run)
    assert (InversionCode.SIGNED_IN_BULK in codes(*told)) == (longest >= BULK)
    in_turn = [happened(PREPARED, uuid4(), seconds, person=uuid4()) for seconds in at]
    assert codes(*in_turn) == []


async def test_the_chronology_is_of_both_trails_and_for_the_team_only(org: Organisation, firm: Firm) -> None:
    engagement = (await planned(org, type2(firm_id=firm.id)))["id"]
    beside = (await planned(org, type2(firm_id=firm.id)))["id"]
    await firm.accept(org.manager, engagement)
    await firm.accept(org.manager, beside, "partner")
    path = f"/v1/engagements/{engagement}/chronology"
    async with firm.acting("partner", engagement) as partner:

        async def sealed() -> list[dict[str, Any]] | None:
            events = ok(await partner.get(path, params={"limit": 200}))["items"]
            return events if all(each["digest"] for each in events) else None

        told = await eventually(sealed)
        assert [each["type"] for each in told if each["trail"] == "client"] == [
            "audit.engagement.proposed",
            "audit.engagement.revised",
            "audit.engagement_document.recorded",
            "audit.engagement.moved",
        ]
        of_firm = [each["type"] for each in told if each["trail"] == "auditors"]
        assert of_firm.count("audit.team_member.independence_confirmed") == 3
        assert {each["data"].get("engagement_id", engagement) for each in told} == {engagement}
        (moved,) = ok(await partner.get(path, params={"type": "audit.engagement.moved"}))["items"]
        trail = ok(await org.manager.get(f"/v1/services/audit/trail/{moved['id']}"))
        assert (moved["digest"], moved["firm"]) == (trail["digest"], firm.id)
        answer = ok(await partner.get(f"/v1/engagements/{engagement}/inversions"))
        assert answer["inversions"] == []
        for other in ("chronology", "inversions"):
            problem(await partner.get(f"/v1/engagements/{beside}/{other}"), 404, "not-found")
            problem(await org.admin.get(f"/v1/engagements/{engagement}/{other}"), 403, "forbidden")
            problem(await firm.admin.get(f"/v1/engagements/{engagement}/{other}"), 403, "forbidden")
