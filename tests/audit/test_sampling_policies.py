"""The firm's policy of sizes, and the sizes and limits that anybody of a firm works out."""

from typing import Any

import pytest

from tests.audit.sampled import Team
from tests.support import ok, problem

PATH = "/v1/sampling-policy"


async def test_a_firm_sets_its_own_policy(team: Team) -> None:
    default = await team.firm.admin.get(PATH)
    terms = {name: value for name, value in ok(default).items() if name in {"frequencies", "event_bands"}}
    assert (default.json()["is_default"], default.headers["ETag"]) == (True, '"0"')
    assert {row["frequency"]: (row["low"], row["high"]) for row in terms["frequencies"]}["weekly"] == (5, 15)
    assert ok(await team.staff.get(PATH)) == default.json(), "a team member sees it, too"
    problem(await team.manager.put(PATH, json=terms, headers={"If-Match": "*"}), 403, "forbidden")
    own = {**terms, "event_bands": [{"most": None, "low": 7, "high": 9}]}
    problem(await team.firm.admin.put(PATH, json=own, headers={"If-Match": '"3"'}), 412, "stale")
    changed = ok(await team.firm.admin.put(PATH, json=own, headers={"If-Match": '"0"'}))
    assert (changed["is_default"], changed["version"], changed["event_bands"][0]["low"]) == (False, 1, 7)
    assert ok(await team.staff.get(PATH)) == changed
    population = await team.reliable()
    sample = await team.designed(population, by_policy={"frequency": "on_event", "risk": "low"})
    assert (sample["size"], sample["planned_size"]) == (7, 7)
    assert ok(await team.org.admin.get(PATH))["is_default"], "another organisation's is its own"
    ok(await team.firm.admin.put(PATH, json=terms, headers={"If-Match": '"1"'}))


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"frequencies": []}, ""),
        ({"event_bands": []}, "/event_bands"),
        ({"event_bands": [{"most": 5, "low": 1, "high": 2}]}, ""),
        ({"event_bands": [{"most": None, "low": 3, "high": 2}]}, "/event_bands/0"),
        ({"event_bands": [{"most": None, "low": 3}]}, "/event_bands/0"),
        ({"event_bands": [{"most": 9}, {"most": 5}, {"most": None}]}, ""),
    ],
)
async def test_a_policy_that_leaves_something_open_is_refused(team: Team, change: dict[str, Any], pointer: str) -> None:
    answer = await team.firm.admin.put(PATH, json=change, headers={"If-Match": "*"})
    assert [each["pointer"] for each in problem(answer, 422, "invalid")["errors"]] == [pointer]


async def test_sizes_and_limits_are_worked_out(team: Team) -> None:
    plan = {"confidence_percent": "90", "tolerable_per_mille": "50"}
    for acting in (team.firm.admin, team.staff):
        size = ok(await acting.get("/v1/sample-sizes", params=plan))
        assert (size["size"], size["deviations"]) == (45, 0)
        assert [each["size"] for each in size["for_more"]] == [77, 105, 132]
    assert ok(await team.staff.get("/v1/sample-sizes", params=plan | {"population": "250"}))["size"] == 40
    beyond = {"confidence_percent": "99", "tolerable_per_mille": "10", "expected_per_mille": "9"}
    problem(await team.staff.get("/v1/sample-sizes", params=beyond), 422, "invalid")
    wrong = plan | {"expected_per_mille": "50"}
    problem(await team.staff.get("/v1/sample-sizes", params=wrong), 422, "invalid")
    found = {"method": "random", "size": "25", "deviations": "0", "confidence_percent": "90", "population": "250"}
    assert ok(await team.staff.get("/v1/deviation-limits", params=found)) == {"per_mille": 80, "items": 20}
    for change in ({"method": "haphazard"}, {"deviations": "26"}, {"population": "24"}):
        problem(await team.staff.get("/v1/deviation-limits", params=found | change), 422, "invalid")
