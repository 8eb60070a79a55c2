"""Samples: designed, drawn, released, tested, extended, evaluated, voided."""

import hashlib
import json
import uuid
from typing import Any

import pytest

from deploy.local.stack import Stack
from services.audit.sampling.draws.rules import draw_order, systematic_places
from tests.audit.frames import changes
from tests.audit.sampled import RELIABLE, SEED, TYPED, Team, jobs_waiting, keys
from tests.audit.test_draw_rules import FIRST
from tests.support import created, ok, problem

ATTRIBUTES = [{"code": "A", "title": "Approved"}, {"code": "B", "title": "Tested"}]
STATISTICAL = {"confidence_percent": 90, "tolerable_per_mille": 100}


async def test_the_vector_is_drawn_from_a_frozen_population(team: Team) -> None:
    population = await team.reliable(changes(10))
    sample = await team.drawn(population)
    assert (sample["status"], sample["seed"], sample["seed_origin"]) == ("drawn", SEED, "typed")
    assert (sample["draw_number"], sample["draws_made"], sample["frame_sha256"]) == (1, 1, population["frame_sha256"])
    assert sample["drawn_by"]["person"]["name"] == "Staff"
    assert sample["items"] == {"pending": 5, "passed": 0, "deviation": 0, "not_applicable": 0, "unavailable": 0}
    items = await team.items(sample)
    assert [(item["key"], item["ticket"][:8]) for item in items] == FIRST
    assert [item["place"] for item in items] == [1, 2, 3, 4, 5]
    first = ok(await team.quality.get(f"/v1/sample-items/{items[0]['id']}"))
    assert first == items[0]
    assert first["cells"] == {"Ticket": "CHG-0002", "Closed": first["day"], "Team": "team 2"}
    assert (first["row"], first["origin"], first["status"]) == (2, "selected", "pending")


async def test_a_seed_is_made_once_the_population_is_reliable_and_stays(team: Team) -> None:
    frozen = await team.frozen([(f"A-{n}", "2026-01-01", "one") for n in range(10)])
    draft = {"population_id": frozen["id"], "title": "Approval", "method": "random", "size": 5, "size_reason": "Few"}
    problem(await team.staff.post("/v1/samples", json=draft), 409, "population-not-reliable")
    ok(await team.manager.post(f"/v1/populations/{frozen['id']}/reliability-conclusions", json=RELIABLE))
    sample = await team.designed(frozen, method="stratified", stratum_column="Squad")
    path = f"/v1/samples/{sample['id']}"
    job = await team.finished(await team.staff.post(f"{path}/draws", json={}))
    assert (job["state"], job["problem"]["type"]) == ("failed", "/problems/cannot-select")
    assert job["problem"]["errors"] == [
        {"pointer": "/stratum", "detail": "The population has no column 'Squad'."},
    ]
    seeded = ok(await team.staff.get(path))
    assert (seeded["status"], seeded["seed_origin"], len(seeded["seed"])) == ("designed", "service", 32)
    problem(await team.staff.post(f"{path}/draws", json=TYPED), 409, "seeded")
    job = await team.finished(await team.staff.post(f"{path}/draws", json={}))
    assert ok(await team.staff.get(path))["seed"] == seeded["seed"], "a draw that failed is repeated with it"
    query = {"subject": sample["id"]}
    told = ok(await team.firm.admin.get("/v1/services/audit/trail", params=query))["items"]
    (event,) = [event for event in told if event["type"] == "audit.sample.seeded"]
    frozen_at = ok(await team.staff.get(f"/v1/populations/{frozen['id']}"))["frozen_at"]
    assert (event["data"]["seed"], event["occurred_at"] > frozen_at) == (seeded["seed"], True)


async def test_a_second_sample_needs_the_first_one_voided(team: Team) -> None:
    population = await team.reliable()
    first = await team.drawn(population)
    again = {"population_id": population["id"], "title": "Again", "method": "random", "size": 2, "size_reason": "Few"}
    refused = problem(await team.staff.post("/v1/samples", json=again), 409, "sample-stands")
    assert first["id"] in refused["detail"]
    path = f"/v1/samples/{first['id']}"
    voided = ok(await team.staff.post(f"{path}/voidings", json={"reason": "The attribute was the wrong one."}))
    assert (voided["status"], voided["voided"]["by"]["person"]["name"]) == ("voided", "Staff")
    problem(await team.staff.post(f"{path}/voidings", json={"reason": "Again"}), 409, "conflict")
    problem(await team.staff.post(f"{path}/draws", json={}), 409, "conflict")
    problem(await team.staff.post(f"{path}/releases"), 409, "conflict")
    second = await team.drawn(population)
    assert (second["draw_number"], second["draws_made"]) == (2, 2)
    assert ok(await team.staff.get(path))["draws_made"] == 2, "the first one says so as well"
    picked = await team.designed(population, method="targeted", size=1, picks=["CHG-0001"], selection_reason="Large")
    assert picked["status"] == "designed", "specific items are no second draw"


async def test_a_sample_of_an_interim_keeps_its_items_when_the_seed_is_carried_forward(team: Team) -> None:
    interim = await team.drawn(await team.reliable(changes(60)), size=10)
    whole = await team.designed(await team.reliable(changes(120)), size=20)
    path = f"/v1/samples/{whole['id']}/draws"
    problem(await team.staff.post(path, json={"seed_of": str(uuid.uuid4())}), 422, "invalid")
    await team.finished(await team.staff.post(path, json={"seed_of": interim["id"]}))
    sample = ok(await team.staff.get(f"/v1/samples/{whole['id']}"))
    assert (sample["seed"], sample["seed_origin"], sample["seed_source"]) == (SEED, "carried", interim["id"])
    drawn, before = keys(await team.items(sample)), keys(await team.items(interim))
    order = [ticket.key for ticket in draw_order(SEED, [key for key, *_ in changes(120)])]
    assert drawn == order[:20]
    assert [key for key in before if key in drawn] == [key for key in drawn if int(key[4:]) <= 60][: len(before)]


@pytest.mark.parametrize(
    ("draft", "size", "planned", "deviations"),
    [
        ({"by_attributes": STATISTICAL}, 20, 20, 0),
        ({"by_attributes": STATISTICAL | {"expected_per_mille": 20}}, 33, 33, 1),
        ({"by_policy": {"frequency": "many_a_day", "risk": "high"}}, 60, 60, None),
        ({"by_policy": {"frequency": "weekly", "risk": "low"}, "size": 12}, 12, 5, None),
    ],
)
async def test_a_size_follows_from_the_plan(
    team: Team, hundred: dict[str, Any], draft: dict[str, Any], size: int, planned: int, deviations: int | None
) -> None:
    sample = await team.designed(hundred, **draft)
    assert (sample["size"], sample["planned_size"], sample["planned_deviations"]) == (size, planned, deviations)
    ok(await team.staff.post(f"/v1/samples/{sample['id']}/voidings", json={"reason": "For the next test"}))


_BASE = {"title": "S", "method": "random"}


@pytest.mark.parametrize(
    ("draft", "pointers"),
    [
        ({}, ["/size", "/size_reason"]),
        ({"size": 10}, ["/size_reason"]),
        ({"size": 101, "size_reason": "All"}, ["/size"]),
        ({"by_attributes": STATISTICAL, "size": 19}, ["/size_reason"]),
        ({"by_policy": {"frequency": "daily", "risk": "low"}, "size": 19}, ["/size_reason"]),
        ({"by_policy": {"frequency": "automated", "risk": "low"}}, ["/size_reason"]),
        (
            {"by_policy": {"frequency": "daily", "risk": "low"}, "by_attributes": STATISTICAL},
            ["/by_attributes"],
        ),
        ({"by_attributes": STATISTICAL, "method": "stratified", "stratum_column": "Team"}, ["/by_attributes"]),
        (
            {"by_attributes": {"confidence_percent": 90, "tolerable_per_mille": 10, "expected_per_mille": 10}},
            ["/by_attributes"],
        ),
        ({"method": "stratified", "size": 5, "size_reason": "Few"}, ["/stratum_column"]),
        (
            {
                "method": "stratified",
                "size": 5,
                "size_reason": "Few",
                "stratum_column": "Team",
                "strata": {"team 1": 4},
            },
            ["/strata"],
        ),
        ({"size": 5, "size_reason": "Few", "stratum_column": "Team"}, ["/stratum_column"]),
        ({"size": 5, "size_reason": "Few", "picks": ["CHG-0001"]}, ["/picks"]),
        ({"method": "haphazard", "size": 1, "size_reason": "Few"}, ["/picks", "/selection_reason"]),
        (
            {"method": "targeted", "size": 2, "size_reason": "Few", "picks": ["A"], "selection_reason": "Large"},
            ["/picks"],
        ),
        (
            {
                "method": "targeted",
                "by_policy": {"frequency": "daily", "risk": "low"},
                "size_reason": "Few",
                "picks": ["A"],
                "selection_reason": "Large",
            },
            ["/by_policy", "/picks"],
        ),
        ({"size": 1, "size_reason": "Few", "control_id": str(uuid.UUID(int=0))}, ["/control_id"]),
        ({"size": 1, "size_reason": "Few", "population_id": str(uuid.UUID(int=0))}, ["/population_id"]),
    ],
)
async def test_what_does_not_go_together_in_a_design_is_named(
    team: Team, hundred: dict[str, Any], draft: dict[str, Any], pointers: list[str]
) -> None:
    answer = await team.staff.post("/v1/samples", json=_BASE | {"population_id": hundred["id"]} | draft)
    assert [each["pointer"] for each in problem(answer, 422, "invalid")["errors"]] == pointers


async def test_items_are_decided_one_by_one_and_evaluated(team: Team) -> None:
    sample = await team.drawn(await team.reliable(changes(100)), by_attributes=STATISTICAL, attributes=ATTRIBUTES)
    path = f"/v1/samples/{sample['id']}"
    items = await team.items(sample)
    decisions = f"/v1/sample-items/{items[0]['id']}/decisions"
    problem(await team.staff.post(decisions, json={"status": "passed"}), 409, "conflict")
    problem(await team.staff.post(f"{path}/evaluations"), 409, "conflict")
    released = ok(await team.staff.post(f"{path}/releases"))
    assert (released["status"], released["released_by"]["person"]["name"]) == ("released", "Staff")
    for wrong, pointer in (
        ({"status": "pending"}, "/status"),
        ({"status": "deviation", "attributes": ["A"]}, "/reason"),
        ({"status": "deviation", "reason": "Late"}, "/attributes"),
        ({"status": "deviation", "reason": "Late", "attributes": ["C"]}, "/attributes"),
        ({"status": "deviation", "reason": "Late", "attributes": ["A", "A"]}, "/attributes"),
        ({"status": "passed", "attributes": ["A"]}, "/attributes"),
        ({"status": "unavailable", "reason": "Lost"}, "/alternatives"),
        ({"status": "passed", "alternatives": "None"}, "/alternatives"),
    ):
        refused = problem(await team.staff.post(decisions, json=wrong), 422, "invalid")
        assert [each["pointer"] for each in refused["errors"]] == [pointer], wrong
    await team.decided(items[0], "deviation", attributes=["A"])
    assert ok(await team.staff.get(path))["status"] == "testing"
    await team.decided(items[1], "unavailable", alternatives="The mail archive was searched.")
    gone = await team.decided(items[2], "not_applicable", reason="The ticket was voided.")
    assert gone["decided_by"]["person"]["name"] == "Staff"
    problem(
        await team.staff.post(f"/v1/sample-items/{gone['id']}/decisions", json={"status": "passed"}),
        409,
        "item-replaced",
    )
    (joined,) = await team.items(sample, origin="replacement")
    order = [ticket.key for ticket in draw_order(SEED, [key for key, *_ in changes(100)])]
    assert (joined["place"], joined["key"], joined["replaces_id"]) == (21, order[20], gone["id"])
    problem(await team.staff.post(f"{path}/evaluations"), 409, "items-undecided")
    for item in [*items[3:], joined]:
        await team.decided(item)
    evaluated = ok(await team.staff.post(f"{path}/evaluations"))
    numbers = {name: value for name, value in evaluated["evaluation"].items() if name not in {"by", "at"}}
    assert numbers == {
        "tested": 20,
        "deviations": 2,
        "unavailable": 1,
        "not_applicable": 1,
        "rate_per_mille": 100,
        "upper_limit_per_mille": 230,
        "upper_limit_items": 23,
        "confidence_percent": 90,
        "attributes": [
            {"code": "A", "deviations": 2, "rate_per_mille": 100, "upper_limit_per_mille": 230},
            {"code": "B", "deviations": 1, "rate_per_mille": 50, "upper_limit_per_mille": 160},
        ],
    }
    assert evaluated["items"]["passed"] == 18
    problem(await team.staff.post(decisions, json={"status": "passed"}), 409, "conflict")


async def test_a_size_by_judgement_has_a_rate_and_no_limit(team: Team) -> None:
    sample = await team.released(await team.reliable(), by_policy={"frequency": "monthly", "risk": "low"})
    for item in await team.items(sample):
        await team.decided(item)
    evaluation = ok(await team.staff.post(f"/v1/samples/{sample['id']}/evaluations"))["evaluation"]
    assert (evaluation["tested"], evaluation["rate_per_mille"]) == (2, 0)
    assert [evaluation[name] for name in ("upper_limit_per_mille", "upper_limit_items", "confidence_percent")] == [
        None
    ] * 3


async def test_a_sample_is_extended_once_in_the_same_order(team: Team) -> None:
    sample = await team.released(await team.reliable(changes(168)), by_attributes=STATISTICAL)
    path = f"/v1/samples/{sample['id']}"
    reason = {"reason": "One deviation, whose cause looks isolated."}
    problem(await team.staff.post(f"{path}/extensions", json=reason), 422, "invalid")
    problem(await team.staff.post(f"{path}/extensions", json=reason | {"size": 900}), 422, "invalid")
    items = await team.items(sample)
    await team.decided(items[0], "deviation")
    extended = ok(await team.staff.post(f"{path}/extensions", json=reason))
    assert (sample["size"], extended["extension"]["size"]) == (21, 35 - 21)
    order = [ticket.key for ticket in draw_order(SEED, [key for key, *_ in changes(168)])]
    assert keys(await team.items(sample)) == order[:35]
    assert {item["origin"] for item in (await team.items(sample))[21:]} == {"extension"}
    problem(await team.staff.post(f"{path}/extensions", json=reason | {"size": 1}), 409, "already-extended")
    strata = [(f"A-{n}", "2026-01-01", "one" if n % 2 else "two") for n in range(40)]
    stratified = await team.designed(await team.reliable(strata), method="stratified", stratum_column="Team")
    path = f"/v1/samples/{stratified['id']}"
    await team.finished(await team.staff.post(f"{path}/draws", json=TYPED))
    answer = problem(await team.staff.post(f"{path}/extensions", json=reason), 422, "invalid")
    assert [error["pointer"] for error in answer["errors"]] == ["/stratum", "/size"]
    further = reason | {"size": 3, "stratum": "two"}
    assert ok(await team.staff.post(f"{path}/extensions", json=further))["extension"]["stratum"] == "two"
    joined = [item for item in await team.items(stratified) if item["origin"] == "extension"]
    assert [item["stratum"] for item in joined] == ["two"] * 3
    systematic = await team.designed(await team.reliable(changes(50)), method="systematic")
    path = f"/v1/samples/{systematic['id']}"
    problem(await team.staff.post(f"{path}/extensions", json=reason | {"size": 1}), 409, "conflict")
    await team.finished(await team.staff.post(f"{path}/draws", json=TYPED))
    problem(await team.staff.post(f"{path}/extensions", json=reason | {"size": 1}), 409, "not-extendable")
    drawn = keys(await team.items(systematic))
    assert drawn == [changes(50)[place][0] for place in systematic_places(SEED, 50, 5)]


async def test_replacements_end_where_the_population_is_another_than_was_asked_for(team: Team) -> None:
    small = await team.released(await team.reliable(changes(3)), size=2)
    for item in await team.items(small):
        await team.decided(item, "not_applicable")
    items = await team.items(small)
    assert [item["status"] for item in items] == ["not_applicable", "not_applicable", "pending"]
    await team.decided(items[2])
    assert ok(await team.staff.post(f"/v1/samples/{small['id']}/evaluations"))["evaluation"]["tested"] == 1
    large = await team.released(await team.reliable(changes(60)), size=1)
    for _ in range(27):
        (pending,) = await team.items(large, status="pending")
        await team.decided(pending, "not_applicable")
    (pending,) = await team.items(large, status="pending")
    body = {"status": "not_applicable", "reason": "Voided"}
    refused = await team.staff.post(f"/v1/sample-items/{pending['id']}/decisions", json=body)
    problem(refused, 409, "no-replacement-left")


async def test_picked_items_are_what_they_are(team: Team) -> None:
    population = await team.reliable(changes(10))
    picks = {"picks": ["CHG-0007", "CHG-0003", "CHG-0009"], "selection_reason": "Scrolled without looking."}
    sample = await team.designed(population, method="haphazard", size=2, **picks)
    path = f"/v1/samples/{sample['id']}"
    problem(await team.staff.post(f"{path}/draws", json=TYPED), 422, "invalid")
    problem(await team.staff.post(f"{path}/verifications"), 409, "not-seeded")
    await team.finished(await team.staff.post(f"{path}/draws", json={}))
    drawn = ok(await team.staff.get(path))
    assert (drawn["seed"], drawn["draw_number"], drawn["picks"]) == (None, None, picks["picks"])
    listed = ok(await team.staff.get("/v1/samples", params={"limit": "100"}))["items"]
    (seen,) = [each for each in listed if each["id"] == drawn["id"]]
    assert (seen["pick_count"], "picks" in seen) == (len(picks["picks"]), False)
    assert [(item["key"], item["ticket"]) for item in await team.items(drawn)] == [
        ("CHG-0007", None),
        ("CHG-0003", None),
    ]
    ok(await team.staff.post(f"{path}/releases"))
    first, second = await team.items(drawn)
    await team.decided(first, "not_applicable")
    await team.decided(second)
    *_, third = await team.items(drawn)
    assert (third["key"], third["replaces_id"]) == ("CHG-0009", first["id"])
    body = {"status": "not_applicable", "reason": "Voided"}
    refused = await team.staff.post(f"/v1/sample-items/{third['id']}/decisions", json=body)
    problem(refused, 409, "no-replacement-left")
    await team.decided(third)
    assert ok(await team.staff.post(f"{path}/evaluations"))["evaluation"]["upper_limit_per_mille"] is None
    unknown = await team.designed(population, method="targeted", size=1, picks=["CHG-9"], selection_reason="Large")
    job = await team.finished(await team.staff.post(f"/v1/samples/{unknown['id']}/draws", json={}))
    assert job["problem"]["errors"][0]["pointer"] == "/picks"


async def test_a_sample_of_a_population_that_was_superseded_says_so(team: Team) -> None:
    population = await team.reliable()
    sample = await team.drawn(population)
    assert not sample["population_superseded"]
    path = f"/v1/populations/{population['id']}/versions"
    version = created(await team.staff.post(path, json={"reason": "A team was missing."}))
    await team.staff.patch(
        f"/v1/populations/{version['id']}",
        json={"provenance": population["provenance"]},
        headers={"If-Match": "*"},
    )
    targeted = await team.designed(population, method="targeted", size=1, picks=["CHG-0001"], selection_reason="Large")
    from_file = await team.given(version, b"Ticket,Closed,Team\nCHG-1,2026-01-01,one\n")
    assert from_file["state"] == "succeeded"
    assert ok(await team.staff.get(f"/v1/samples/{sample['id']}"))["population_superseded"]
    answer = await team.staff.post(f"/v1/samples/{targeted['id']}/draws", json={})
    problem(answer, 409, "population-not-reliable")


async def test_samples_are_filtered_and_kept_in_step(team: Team) -> None:
    sample = await team.designed(await team.reliable(), title="Approval of changes")
    for query, found in (
        ({"q": "approval OF"}, True),
        ({"population_id": sample["population_id"], "control_id": team.control}, True),
        ({"engagement_id": team.engagement, "method": "random", "status": "designed"}, True),
        ({"method": "targeted"}, False),
        ({"standing": "false"}, False),
        ({"updated_since": sample["updated_at"], "sort": "-updated_at"}, True),
    ):
        items = ok(await team.staff.get("/v1/samples", params={**query, "limit": "200"}))["items"]
        assert (sample["id"] in {item["id"] for item in items}) is found, query


async def test_jobs_of_samples_are_limited(team: Team, stack: Stack) -> None:
    population = await team.reliable()
    sample = await team.drawn(population)
    other = await team.designed(population, method="targeted", size=1, picks=["CHG-0001"], selection_reason="Large")
    async with jobs_waiting(stack, team.firm.id):
        answer = await team.staff.post(f"/v1/samples/{other['id']}/draws", json={})
        problem(answer, 409, "too-many-jobs")
        answer = await team.staff.post(f"/v1/samples/{sample['id']}/verifications")
        problem(answer, 409, "too-many-jobs")


async def test_the_trail_tells_a_draw_by_digests(team: Team) -> None:
    sample = await team.released(await team.reliable())
    await team.decided((await team.items(sample))[0], "deviation")
    query = {"subject": sample["id"], "limit": "200"}
    told = ok(await team.firm.admin.get("/v1/services/audit/trail", params=query))["items"]
    steps = [event["type"].removeprefix("audit.sample.") for event in sorted(told, key=lambda event: event["version"])]
    assert steps == ["designed", "seeded", "drawn", "released"]
    (drawn,) = [event for event in told if event["type"] == "audit.sample.drawn"]
    order = "".join(f"{key}\n" for key, _ in FIRST)
    assert drawn["data"]["items_sha256"] == hashlib.sha256(order.encode()).hexdigest()
    assert "CHG-0" not in json.dumps(told)
