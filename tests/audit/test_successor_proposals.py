"""The engagement that follows on: its days by rule, its draft, scope and milestones taken as they are proposed."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.engagements.engagements.models import EngagementKind
from services.audit.engagements.engagements.rules import months_after
from services.audit.judgement.certificates.rules import last_day, surveillance_by
from services.audit.planning.successor_proposals.rules import Certified, Step, following, following_audit
from tests.audit.given import NOBODY, day, planned, scoped, type1, type2
from tests.controls.given import programme
from tests.support import Organisation, created, eventually, newcomer, ok, person, problem

_TYPE_2 = EngagementKind.SOC2_TYPE2
_ANY_DAY = st.dates(date(2000, 1, 1), date(2100, 1, 1))


async def _proposal(org: Organisation, engagement: dict[str, Any], **query: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/engagements/{engagement['id']}/successor-proposal", params=query))


@pytest.mark.parametrize(
    ("first", "last", "months", "start", "end"),
    [
        (date(2026, 1, 1), date(2026, 6, 30), None, date(2026, 7, 1), date(2026, 12, 31)),
        (date(2026, 1, 1), date(2026, 6, 30), 12, date(2026, 7, 1), date(2027, 6, 30)),
        (date(2027, 1, 1), date(2027, 12, 31), None, date(2028, 1, 1), date(2028, 12, 31)),
        (date(2026, 3, 15), date(2026, 6, 14), None, date(2026, 6, 15), date(2026, 9, 14)),
        (date(2026, 1, 1), date(2026, 1, 10), None, date(2026, 1, 11), date(2026, 1, 20)),
    ],
)
def test_a_period_follows_on_without_a_gap(first: date, last: date, months: int | None, start: date, end: date) -> None:
    then = following(_TYPE_2, first, last, months=months)
    assert then is not None
    assert (then.first_day, then.last_day) == (start, end)


def test_a_date_comes_a_year_later_also_from_the_last_day_of_february() -> None:
    then = following(EngagementKind.SOC1_TYPE1, date(2028, 2, 29), date(2028, 2, 29), months=None)
    assert then is not None
    assert then.first_day == then.last_day == date(2029, 2, 28)


@given(_ANY_DAY, st.integers(1, 800), st.none() | st.integers(1, 36))
def test_the_next_period_begins_on_the_day_after_the_last_one_and_ends_after_it_begins(
    first: date, length: int, months: int | None
) -> None:
    last = first + timedelta(days=length)
    then = following(_TYPE_2, first, last, months=months)
    assert then is not None
    assert then.first_day == last + timedelta(days=1)
    assert then.last_day > then.first_day
    assert then.step.after(first) == then.first_day
    if months is not None:
        assert then.last_day == months_after(then.first_day, months) - timedelta(days=1)


@given(_ANY_DAY, _ANY_DAY, st.integers(0, 36))
def test_putting_off_keeps_the_order_of_milestones(one: date, other: date, months: int) -> None:
    step = Step(months=months)
    assert (step.after(one) <= step.after(other)) or one > other


_FIRST, _LAST = date(2026, 3, 2), date(2026, 3, 4)


def test_stage_2_follows_stage_1_a_month_later() -> None:
    kind = EngagementKind.ISO27001_STAGE1
    assert following(kind, _FIRST, _LAST, months=None) is None
    audit = following_audit(kind, _FIRST, _LAST, certified=None, months=None)
    assert audit is not None
    assert (audit[0], audit[1].first_day) == (EngagementKind.ISO27001_STAGE2, date(2026, 4, 4))


@given(_ANY_DAY, st.integers(1, 20), st.integers(0, 2))
def test_a_certificate_is_followed_by_surveillance_each_year_and_recertified_before_it_ends(
    decided_on: date, length: int, surveillances: int
) -> None:
    certified = Certified(decided_on, last_day(decided_on), surveillances)
    first, kind = decided_on - timedelta(days=30), EngagementKind.ISO27001_STAGE2
    assert following_audit(kind, first, first + timedelta(days=length), certified=None, months=None) is None
    audit = following_audit(kind, first, first + timedelta(days=length), certified=certified, months=None)
    assert audit is not None
    kind, then = audit
    assert then.last_day - then.first_day == timedelta(days=length)
    if surveillances == 0:
        assert then.last_day <= surveillance_by(decided_on)
    assert then.last_day < certified.valid_until
    assert (kind == EngagementKind.ISO27001_RECERTIFICATION) == (surveillances == 2)


async def test_what_is_proposed_is_taken_as_it_is(org: Organisation) -> None:
    going, controls = await programme(org, categories=["security"]), sorted(uuid.uuid4() for _ in range(2))
    draft = type2(programme_id=going, period_start="2026-01-01", period_end="2026-06-30")
    engagement = await planned(org, draft, *controls)
    milestones = f"/v1/engagements/{engagement['id']}/milestones"
    dana = await person(org, "dana")
    for kind, on in (("report_issued", "2026-08-31"), ("kickoff", "2026-01-15"), ("draft_report", "2026-08-01")):
        plan = {"kind": kind, "owner": dana["id"], "planned_on": on}
        milestone = created(await org.manager.post(milestones, json=plan))
    withdrawal = {"reason": "The firm issues no draft."}
    ok(await org.manager.post(f"/v1/milestones/{milestone['id']}/withdrawals", json=withdrawal))
    proposal = await _proposal(org, engagement)
    assert proposal["follows"] == engagement["id"]
    assert proposal["control_ids"] == [str(each) for each in controls]
    assert [(each["kind"], each["planned_on"]) for each in proposal["milestones"]] == [
        ("kickoff", "2026-07-15"),
        ("report_issued", "2027-02-28"),
    ]
    following_on = created(await org.manager.post("/v1/engagements", json=proposal["engagement"]))
    same = ("kind", "firm", "programme_id", "categories")
    assert {name: following_on[name] for name in same} == {name: engagement[name] for name in same}
    assert (following_on["period_start"], following_on["period_end"]) == ("2026-07-01", "2026-12-31")
    assert following_on["title"] == "SOC 2 Type 2, 2026-07-01 to 2026-12-31"
    ok(await scoped(org, following_on, *map(uuid.UUID, proposal["control_ids"])))
    for each in proposal["milestones"]:
        plan = each | {"owner": each["owner"]["id"]}
        created(await org.manager.post(f"/v1/engagements/{following_on['id']}/milestones", json=plan))
    longer = await _proposal(org, engagement, months="12")
    assert longer["engagement"]["period_end"] == "2027-06-30"


async def test_who_has_left_and_what_has_ended_is_not_proposed(org: Organisation) -> None:
    nora, going = await newcomer(org, "nora"), await programme(org, report_type="soc2_type1")
    engagement = await planned(org, type1(programme_id=going))
    plan = {"kind": "custom", "title": "Penetration test", "owner": nora["id"], "planned_on": day(3)}
    created(await org.manager.post(f"/v1/engagements/{engagement['id']}/milestones", json=plan))
    proposal = await _proposal(org, engagement)
    assert (proposal["engagement"]["programme_id"], proposal["milestones"][0]["owner"]) == (going, nora)
    ended = {"outcome": "withdrawn", "reason": "Customers ask for no report."}
    ok(await org.manager.post(f"/v1/programmes/{going}/closures", json=ended))
    ok(await org.admin.post(f"/v1/people/{nora['id']}/departures", json={}))

    async def neither() -> bool:
        proposal = await _proposal(org, engagement)
        return (proposal["engagement"]["programme_id"], proposal["milestones"][0]["owner"]) == (None, None)

    await eventually(neither)


async def test_who_may_not_see_it_and_what_has_no_successor_is_refused(
    org: Organisation, other_org: Organisation
) -> None:
    engagement = await planned(org)
    path = f"/v1/engagements/{engagement['id']}/successor-proposal"
    problem(await org.monitor.get(path), 403, "forbidden")
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await org.viewer.get(f"/v1/engagements/{NOBODY}/successor-proposal"), 404, "not-found")
    refused = problem(await org.viewer.get(path, params={"months": "0"}), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "query/months"
    stage = await planned(org, type2(0, 2, kind="iso27001_stage2"))
    problem(await org.viewer.get(f"/v1/engagements/{stage['id']}/successor-proposal"), 409, "nothing-follows")
