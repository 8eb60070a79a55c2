"""However much is wrong, an answer stays short: it lists some, and says how many more there are."""

import json

from shared.http.batches import answers
from shared.problems import Fault, Invalid
from tests.support import Organisation, ok, problem


def test_a_hundred_faults_are_listed_and_the_others_counted() -> None:
    refused = Invalid("Much is wrong.", faults=[Fault(f"/{number}", "wrong") for number in range(5_000)], more_faults=7)
    assert (len(refused.faults), refused.more_faults) == (100, 4_907)


def test_long_faults_are_cut_and_fewer_of_them_listed() -> None:
    refused = Invalid("x" * 10_000, faults=[Fault("/" + "x" * 100_000, "wrong" * 100_000)] * 100)
    assert len(refused.detail) == 2_000
    assert sum(len(fault.pointer) + len(fault.detail) for fault in refused.faults) <= 64 * 1024
    assert len(refused.faults) + refused.more_faults == 100


def test_the_refusals_of_a_batch_share_what_is_listed() -> None:
    faults = [Fault(f"/{number}", "wrong") for number in range(50)]
    refused = [each.problem for each in answers([faults] * 1_000, refusal="It cannot be done.") if each.problem]
    assert len(refused) == 1_000
    assert sum(len(each.errors) for each in refused) == 1_100
    assert {len(each.errors) + each.more_errors for each in refused} == {50}


async def test_a_body_with_thousands_of_faults_gets_a_short_answer(org: Organisation) -> None:
    body = {f"unknown-{number}": 1 for number in range(20_000)}
    refused = await org.manager.post("/v1/controls", json=body)
    told = problem(refused, 422, "invalid")
    assert len(told["errors"]) == 100
    assert told["more_errors"] > 19_000
    results = [{f"unknown-{number}": 1 for number in range(500)}] * 40
    pushed = await org.monitor.post("/v1/test-results", json={"results": results})
    listed = [each["problem"] for each in ok(pushed)["results"]]
    assert sum(len(each["errors"]) for each in listed) == 140
    assert all(each["more_errors"] > 300 for each in listed)
    assert len(pushed.content) < len(json.dumps(results))
