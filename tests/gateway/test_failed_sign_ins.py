"""Wrong secrets: counted and slowed for the pair of client and address, and written down."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from deploy.local.stack import Stack
from services.gateway.sign_in.failed_sign_ins.rules import (
    FREE_FAILURES,
    client_id_of,
    counted_as,
    is_worth_an_event,
    origin_of,
    wait_after,
)
from shared.clock import new_id
from tests.gateway.support import CLIENT_CREDENTIALS, refused, token_for
from tests.support import Organisation, ok

AT = datetime(2026, 1, 1, tzinfo=UTC)


async def test_forty_wrong_secrets_are_slowed_and_in_the_trail(org: Organisation, stack: Stack) -> None:
    client, secret = org.credentials["client_id"], org.credentials["client_secret"]
    ok(await org.admin.get("/v1/me"))  # from here on it has a token
    answers = [await token_for(stack.url, client, f"wrong-{number}") for number in range(FREE_FAILURES)]
    answers += await asyncio.gather(*(token_for(stack.url, client, f"guess-{number}") for number in range(40)))
    assert [answer.status_code for answer in answers[:FREE_FAILURES]] == [401] * FREE_FAILURES
    slowed = [answer for answer in answers if answer.status_code == httpx.codes.TOO_MANY_REQUESTS]
    assert len(slowed) >= 35
    refused(slowed[0], 429, "slow_down")
    assert all(1 <= int(answer.headers["retry-after"]) <= 300 for answer in slowed)
    # The right secret waits as well, or guessing would go on unhindered.
    assert (await token_for(stack.url, client, secret)).status_code == httpx.codes.TOO_MANY_REQUESTS
    params = {"type": "gateway.api_client.sign_in_failed"}
    failures = ok(await org.admin.get("/v1/services/gateway/trail", params=params))["items"]
    assert [event["data"]["failures"] for event in failures] == [1, FREE_FAILURES]
    assert failures[0]["data"]["origin"] == "127.0.0.1"
    assert failures[0]["subject"] == client


async def test_a_stranger_at_another_address_locks_nobody_out(org: Organisation, stack: Stack) -> None:
    """Past the edge, where a test can come from any address: the last hop counts, and what a stranger adds does not."""
    client, secret = org.credentials["client_id"], org.credentials["client_secret"]
    for number in range(FREE_FAILURES + 1):
        answer = await from_address(stack, f"203.0.113.9, 198.51.100.7, 192.0.2.{number}", client, "wrong")
        assert answer.status_code == 401, "each of these came from another last hop"
    for number in range(FREE_FAILURES):
        await from_address(stack, f"192.0.2.{100 + number}, 198.51.100.7", client, "wrong")
    slow = await from_address(stack, "198.51.100.7", client, "wrong")
    assert slow.status_code == httpx.codes.TOO_MANY_REQUESTS
    assert (await from_address(stack, "198.51.100.7, 203.0.113.9", client, secret)).status_code == 200
    ok(await token_for(stack.url, client, secret))


async def test_unknown_clients_are_slowed_like_known_ones(stack: Stack) -> None:
    """Otherwise the answer would tell which clients there are."""
    statuses = [
        (await from_address(stack, "198.51.100.21", "0199aaaa-0000-7000-8000-00000000000a", "wrong")).status_code
        for _ in range(FREE_FAILURES + 1)
    ]
    assert statuses == [401] * FREE_FAILURES + [429]


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (FREE_FAILURES - 1, 0), (FREE_FAILURES, 5), (FREE_FAILURES + 3, 40), (60, 300)]
)
def test_each_failure_doubles_the_wait(failures: int, seconds: int) -> None:
    assert wait_after(failures, AT, as_of=AT) == timedelta(seconds=seconds)
    assert wait_after(failures, AT, as_of=AT + timedelta(seconds=seconds)) <= timedelta(0)


def test_a_made_up_client_never_counts_against_a_known_one() -> None:
    known = new_id()
    made_up = {counted_as(f"guess-{number}", None) for number in range(5000)}
    assert len(made_up) <= 1024, "an address has a bounded number of rows"
    assert counted_as(str(known), known) not in made_up
    assert counted_as(str(known).upper(), known) == counted_as(str(known), known)
    assert {client_id_of(spelled) for spelled in (str(known), str(known).upper(), f"{{{known}}}")} == {known}
    assert client_id_of("no id") is None


def test_few_failures_are_worth_an_event() -> None:
    worth = [count for count in range(1, 200) if is_worth_an_event(count)]
    assert worth == [1, 5, 10, 20, 40, 80, 160]


@pytest.mark.parametrize(
    ("forwarded", "peer", "origin"),
    [
        ("203.0.113.9, 198.51.100.7", "10.0.0.1", "198.51.100.7"),
        ("198.51.100.7", "10.0.0.1", "198.51.100.7"),
        (None, "198.51.100.7", "198.51.100.7"),
        ("nonsense", "198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "10.0.0.1", "2001:db8:1:2::"),
    ],
)
def test_an_origin_is_the_last_hop_and_a_network_in_ipv6(forwarded: str | None, peer: str, origin: str) -> None:
    assert origin_of(forwarded, peer) == origin


async def from_address(stack: Stack, forwarded: str, client: str, secret: str) -> httpx.Response:
    form = {"grant_type": CLIENT_CREDENTIALS, "client_id": client, "client_secret": secret}
    async with httpx.AsyncClient(base_url=stack.service_url("gateway"), timeout=30) as direct:
        return await direct.post("/v1/oauth/token", data=form, headers={"X-Forwarded-For": forwarded})
