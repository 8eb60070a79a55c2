"""Waivers from controls: asked for by one, granted by another, over by themselves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.story import implemented_control
from services.controls.register.waivers.models import WaiverPhase
from services.controls.register.waivers.rules import LONGEST, Term, faults_in
from services.controls.schedule import announce_phases_of_waivers as sweep
from shared.data.sessions import Database
from tests.controls.deficient import (
    DAY,
    due,
    granted,
    health,
    kinds_told_of,
    opened,
    proven_control,
    strike,
    waiver_request,
)
from tests.support import Organisation, created, ok, problem

INSTANTS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)
TERMS = st.builds(
    lambda start, length: Term(start, start + length),
    INSTANTS,
    st.timedeltas(min_value=timedelta(seconds=1), max_value=LONGEST),
)
ORDER = list(WaiverPhase)


@given(TERMS, INSTANTS, INSTANTS)
def test_a_term_only_goes_on(term: Term, one: datetime, other: datetime) -> None:
    assert ORDER.index(term.phase(min(one, other))) <= ORDER.index(term.phase(max(one, other)))


@given(TERMS)
def test_each_phase_ends_where_the_next_begins(term: Term) -> None:
    phase, seen = WaiverPhase.UPCOMING, [WaiverPhase.UPCOMING]
    while end := term.ends(phase):
        assert term.phase(end - timedelta(microseconds=1)) == phase
        phase = term.phase(end)
        seen.append(phase)
    assert seen == ORDER
    assert term.expires_at - term.expiring_from <= timedelta(days=30)


@given(TERMS, INSTANTS)
def test_what_can_be_asked_for_is_to_come_and_bounded(term: Term, at: datetime) -> None:
    fine = term.starts_at >= at - DAY and term.expires_at > at
    assert (not list(faults_in(term, at=at))) == fine
    longer = Term(term.starts_at, term.starts_at + LONGEST + timedelta(microseconds=1))
    assert "/expires_at" in [fault.pointer for fault in faults_in(longer, at=term.starts_at)]


async def test_an_waiver_is_asked_for_and_granted(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    response = await org.owner.post("/v1/waivers", json=waiver_request(control))
    asked = created(response)
    assert asked == ok(await org.viewer.get(response.headers["Location"]))
    assert (asked["status"], asked["phase"], asked["control_code"]) == ("requested", None, "AC-01")
    decision = {"decision": "grant", "reason": "The accounts are watched."}
    answer = ok(await org.manager.post(f"/v1/waivers/{asked['id']}/decisions", json=decision))
    assert (answer["status"], answer["phase"], answer["decision_reason"]) == ("granted", "in_force", decision["reason"])
    assert answer["decided_by"] != answer["requested_by"]
    listed = ok(await org.viewer.get("/v1/waivers", params={"phase": "in_force", "control_id": control}))
    assert listed["items"] == [answer]
    later = {"as_of": (datetime.now(UTC) + 91 * DAY).isoformat()}
    assert ok(await org.viewer.get(f"/v1/waivers/{asked['id']}", params=later))["phase"] == "expired"
    assert await kinds_told_of(org, asked["id"], "waiver") == ["requested", "granted"]


async def test_neither_who_asks_nor_who_owns_the_control_grants(org: Organisation) -> None:
    control = ok(await org.viewer.get(f"/v1/controls/{await implemented_control(org, 'AC-01')}"))
    asked = created(await org.manager.post("/v1/waivers", json=waiver_request(control["id"])))
    path, decision = f"/v1/waivers/{asked['id']}/decisions", {"decision": "grant", "reason": "Fine."}
    problem(await org.manager.post(path, json=decision), 403, "separation-of-duties")
    decided = ok(await org.second_manager.post(path, json=decision | {"decision": "refuse"}))
    mine = {"owner": decided["decided_by"]["person"]["id"]}
    ok(await org.manager.patch(f"/v1/controls/{control['id']}", json=mine, headers={"If-Match": "*"}))
    again = created(await org.manager.post("/v1/waivers", json=waiver_request(control["id"])))
    refused = await org.second_manager.post(f"/v1/waivers/{again['id']}/decisions", json=decision)
    assert "owner" in problem(refused, 403, "separation-of-duties")["detail"]


async def test_what_is_decided_is_decided(org: Organisation) -> None:
    waiver = await granted(org, await implemented_control(org, "AC-01"))
    path = f"/v1/waivers/{waiver['id']}"
    again = await org.second_manager.post(f"{path}/decisions", json={"decision": "refuse", "reason": "No."})
    assert "revoke" in problem(again, 409, "conflict")["detail"]
    revoked = ok(await org.second_manager.post(f"{path}/revocations", json={"reason": "Upgraded."}))
    assert (revoked["status"], revoked["phase"], revoked["revocation_reason"]) == ("revoked", None, "Upgraded.")
    once_more = await org.second_manager.post(f"{path}/revocations", json={"reason": "Upgraded."})
    assert "nothing further" in problem(once_more, 409, "conflict")["detail"]


NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"expires_at": (NOW - DAY).isoformat()}, ["/expires_at"]),
        ({"expires_at": (NOW + 400 * DAY).isoformat()}, ["/expires_at"]),
        ({"starts_at": (NOW - 3 * DAY).isoformat()}, ["/starts_at"]),
        ({"compensating_measures": None}, ["/compensating_measures"]),
        (
            {
                "control_id": "0197a4c2-8f3e-7c31-9d55-3c1f2a7b9e10",
                "compensating_control_id": "0197a4c2-8f3e-7c31-9d55-3c1f2a7b9e11",
                "renews": "0197a4c2-8f3e-7c31-9d55-3c1f2a7b9e12",
                "starts_at": (NOW - 3 * DAY).isoformat(),
            },
            ["/starts_at", "/control_id", "/compensating_control_id", "/renews"],
        ),
    ],
)
async def test_all_that_is_wrong_is_named_at_once(
    org: Organisation, changes: dict[str, Any], pointers: list[str]
) -> None:
    control = await implemented_control(org, "AC-01")
    refused = await org.owner.post("/v1/waivers", json=waiver_request(control, **changes))
    assert [each["pointer"] for each in problem(refused, 422, "invalid")["errors"]] == pointers


async def test_a_renewal_is_another_waiver(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    other = await implemented_control(org, "AC-02")
    first = await granted(org, control, compensating_control_id=other, compensating_measures=None)
    renewal = await granted(
        org, control, renews=first["id"], starts_at=first["expires_at"], expires_at=(NOW + 180 * DAY).isoformat()
    )
    assert (renewal["renews"], renewal["phase"]) == (first["id"], "upcoming")
    refused = await org.owner.post("/v1/waivers", json=waiver_request(other, renews=first["id"]))
    assert problem(refused, 422, "invalid")["errors"][0]["pointer"] == "/renews"


async def test_a_waiver_changes_nothing_that_is_true(org: Organisation, database: Database) -> None:
    control, other = await proven_control(org), await implemented_control(org, "AC-02")
    await opened(org, control, severity="critical")
    failing = await health(org, control)
    assert (failing["state"], failing["waiver"]) == ("failing", None)
    waiver = await granted(org, control)
    waived = await health(org, control)
    assert waived == failing | {"waiver": waived["waiver"]}, "neither state nor reasons nor version"
    assert {name: waived["waiver"][name] for name in ("id", "expires_at", "compensating_measures")} == {
        name: waiver[name] for name in ("id", "expires_at", "compensating_measures")
    }
    longer = await granted(
        org,
        control,
        compensating_control_id=other,
        compensating_measures=None,
        expires_at=(NOW + 120 * DAY).isoformat(),
    )
    beside = (await health(org, control))["waiver"]
    assert (beside["id"], beside["compensating_control_code"]) == (longer["id"], "AC-02")
    revocation = {"reason": "It was misused."}
    ok(await org.manager.post(f"/v1/waivers/{longer['id']}/revocations", json=revocation))
    expires_at = datetime.fromisoformat(waiver["expires_at"])
    assert not await due(database, sweep, org, expires_at - 31 * DAY)
    assert await strike(database, sweep, org, expires_at - 2 * DAY) == 1
    assert await strike(database, sweep, org, expires_at - DAY) == 0
    assert (await health(org, control))["waiver"]["id"] == waiver["id"]
    assert await strike(database, sweep, org, expires_at) == 1
    assert not await due(database, sweep, org, expires_at)
    assert await health(org, control) == failing
    assert await kinds_told_of(org, waiver["id"], "waiver") == ["requested", "granted", "expiring", "expired"]
    assert (await kinds_told_of(org, control, "health"))[-1] == "failing", "granting and ending it is no news of health"


async def test_news_of_a_waived_control_says_until_when(org: Organisation) -> None:
    control = await proven_control(org)
    waiver = await granted(org, control)
    await opened(org, control, severity="high")
    params = {"subject": control, "type": "controls.health.failing"}
    (told,) = ok(await org.manager.get("/v1/services/controls/trail", params=params))["items"]
    assert datetime.fromisoformat(told["data"]["waived_until"]) == datetime.fromisoformat(waiver["expires_at"])


async def test_a_waiver_for_later_begins_by_itself(org: Organisation, database: Database) -> None:
    control = await proven_control(org)
    starts = datetime.now(UTC) + 10 * DAY
    waiver = await granted(org, control, starts_at=starts.isoformat())
    assert (waiver["phase"], (await health(org, control))["waiver"]) == ("upcoming", None)
    assert await strike(database, sweep, org, starts) == 1
    assert (await health(org, control))["waiver"]["id"] == waiver["id"]
    assert (await kinds_told_of(org, waiver["id"], "waiver"))[-1] == "started"


async def test_a_retired_control_has_no_waivers(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    ok(await org.manager.post(f"/v1/controls/{control}/retirements", json={"reason": "Replaced"}))
    refused = await org.owner.post("/v1/waivers", json=waiver_request(control))
    assert "retired" in problem(refused, 422, "invalid")["errors"][0]["detail"]


async def test_who_may_not_is_refused(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    asked = created(await org.owner.post("/v1/waivers", json=waiver_request(control)))
    path, decision = f"/v1/waivers/{asked['id']}", {"decision": "grant", "reason": "Fine."}
    for stranger in (org.viewer, org.risk):
        problem(await stranger.post("/v1/waivers", json=waiver_request(control)), 403, "forbidden")
    for stranger in (org.viewer, org.owner):
        problem(await stranger.post(f"{path}/decisions", json=decision), 403, "forbidden")
        problem(await stranger.post(f"{path}/revocations", json={"reason": "R"}), 403, "forbidden")
    problem(await org.monitor.get("/v1/waivers"), 403, "forbidden")


async def test_another_organisation_does_not_see_it(org: Organisation, other_org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    asked = created(await org.owner.post("/v1/waivers", json=waiver_request(control)))
    path, decision = f"/v1/waivers/{asked['id']}", {"decision": "grant", "reason": "Fine."}
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/decisions", json=decision), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/waivers"))["items"] == []
    theirs = await other_org.owner.post("/v1/waivers", json=waiver_request(control))
    assert problem(theirs, 422, "invalid")["errors"][0]["pointer"] == "/control_id"
