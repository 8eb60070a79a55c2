"""The door at which sources deliver: what is proven is kept once, and the answer tells nothing more."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from services.integrations.receiving.amazon import Amazon
from services.integrations.receiving.hooks.actions import take
from services.integrations.receiving.hooks.rules import Sent
from services.integrations.receiving.sources.models import SourceKind
from services.integrations.receiving.sources.rules import Address
from shared.data.sessions import Database
from tests.integrations.amazon import TOPIC, Region
from tests.integrations.given import registered
from tests.integrations.senders import EVENTS, ID_HEADERS, SECRET, SENDERS, body_of, secret_of, signed
from tests.shared.given import superuser
from tests.support import Organisation, eventually, ok, problem, settings_of

FORGED = {"x-hub-signature-256": "sha256=" + "0" * 64}


@pytest.fixture
async def outside(stack: Stack) -> Any:
    """A sender: it has no token."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as client:
        yield client


async def listed(org: Organisation, source: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(
        await org.manager.get("/v1/source-deliveries", params={"source_id": source["id"], "sort": "received_at"})
    )["items"]
    return items


async def tallied(org: Organisation, source: dict[str, Any]) -> dict[str, int]:
    tallies = ok(await org.manager.get(f"/v1/sources/{source['id']}/tallies"))["items"]
    return {each["code"]: each["count"] for each in tallies}


async def test_each_sender_is_taken_once_and_refused_when_it_is_forged(
    org: Organisation, outside: httpx.AsyncClient
) -> None:
    for kind in SENDERS:
        source = await registered(org, kind=kind, secret=secret_of(kind))
        at = datetime.now(UTC)
        body = body_of(kind, at)
        headers = signed(kind, body, at)
        assert (await outside.post(source["path"], content=body, headers=headers)).status_code == 202, kind
        (kept,) = await listed(org, source)
        assert (kept["event"], kept["redacted"]) == (EVENTS[kind], kind == SourceKind.MICROSOFT_GRAPH)
        # Sent again, and replayed with another id, which nobody signs.
        replayed = headers | ({ID_HEADERS[kind]: "another"} if kind in ID_HEADERS else {})
        for again in (headers, replayed):
            assert (await outside.post(source["path"], content=body, headers=again)).status_code == 202
        forged = body.replace(SECRET.encode(), b"x" * 32)
        wrong = {name: value if name == "content-type" else value[::-1] for name, value in headers.items()}
        problem(await outside.post(source["path"], content=forged, headers=wrong), 401, "unproven")
        assert len(await listed(org, source)) == 1
        assert await tallied(org, source) == {"duplicate": 2, "unproven": 1}
        standing = ok(await org.manager.get(f"/v1/sources/{source['id']}"))["standing"]
        assert (standing["last_event"], standing["unproven"]) == (EVENTS[kind], 1)


SIGNING = [kind for kind in SENDERS if any("signature" in name for name in signed(kind, b"", datetime.now(UTC)))]
# What proves itself by something in the body proves nothing without one.
PROVEN_IN_THE_BODY = {SourceKind.LINEAR, SourceKind.MICROSOFT_GRAPH}


async def test_what_is_altered_empty_or_too_large_is_not_kept_whoever_sends_it(
    org: Organisation, outside: httpx.AsyncClient
) -> None:
    huge = b" " * (1024 * 1024 + 1)
    for kind in SENDERS:
        source = await registered(org, kind=kind, secret=secret_of(kind))
        at = datetime.now(UTC)
        body = body_of(kind, at)
        altered = body.replace(b"{", b'{"altered": true, ', 1)
        if kind in SIGNING:
            headers = signed(kind, body, at)
            problem(await outside.post(source["path"], content=altered, headers=headers), 401, "unproven")
        problem(await outside.post(source["path"], content=huge, headers=signed(kind, huge, at)), 413, "too-large")
        empty = await outside.post(source["path"], content=b"", headers=signed(kind, b"", at))
        assert empty.status_code == (401 if kind in PROVEN_IN_THE_BODY else 202), kind
        assert await listed(org, source) == []
        counted = {"unproven": int(kind in SIGNING) + int(kind in PROVEN_IN_THE_BODY)}
        counted |= {"empty": int(kind not in PROVEN_IN_THE_BODY)}
        assert await tallied(org, source) == {code: count for code, count in counted.items() if count}, kind


async def test_a_message_of_amazon_is_taken_once_by_its_certificate_and_topic(org: Organisation, stack: Stack) -> None:
    source = await registered(org, kind="aws_sns", topic_arn=TOPIC)
    address = Address.read(source["path"].removeprefix("/v1/hooks/"))
    assert address is not None
    at = datetime.now(UTC)
    region = Region(at=at)
    amazon = Amazon(region.fetch)
    confirm = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=2336"
    asking = region.message(Type="SubscriptionConfirmation", MessageId="c1", Token="2336", SubscribeURL=confirm)
    message = region.message()
    sent: list[tuple[dict[str, Any] | None, str | None]] = [
        (asking, None),
        (message, None),
        (message, "duplicate"),
        (message | {"MessageId": "another"}, "unproven"),
        (message | {"Message": "altered"}, "unproven"),
        (Region(at=at).message(), "unproven"),
        (region.message(TopicArn="arn:aws:sns:us-west-2:123456789012:others"), "other_topic"),
        ({"raw": "delivery"}, "unproven"),
        (None, "unproven"),
    ]
    database = Database(settings_of(stack, "integrations"))
    try:
        for document, expected in sent:
            body = b"" if document is None else json.dumps(document).encode()
            async with database.transaction(uuid.UUID(org.id)) as session:
                taken = await take(session, address, Sent({}, body), amazon, at=at)
            assert taken.code == expected
    finally:
        await database.close()
    assert confirm in region.asked
    kept = await listed(org, source)
    assert [each["key"] for each in kept] == ["c1", "165545c9"]
    assert kept[0]["redacted"]
    assert await tallied(org, source) == {"duplicate": 1, "unproven": 5, "other_topic": 1}


async def test_a_message_whose_certificate_is_not_amazons_is_refused_at_the_door(
    org: Organisation, outside: httpx.AsyncClient
) -> None:
    source = await registered(org, kind="aws_sns", topic_arn=TOPIC)
    for url in ("https://evil.example/x.pem", None):
        body = json.dumps(Region().message(SigningCertURL=url)).encode()
        problem(await outside.post(source["path"], content=body), 401, "unproven")
    problem(await outside.post(source["path"], content=b""), 401, "unproven")
    problem(await outside.post(source["path"], content=b" " * (1024 * 1024 + 1)), 413, "too-large")
    assert await listed(org, source) == []


async def test_what_is_empty_or_no_json_is_counted_and_dropped(org: Organisation, outside: httpx.AsyncClient) -> None:
    source = await registered(org, secret=SECRET)
    for body in (b"", b"payload=x", b"[]"):
        headers = signed(SourceKind.GITHUB, body, datetime.now(UTC))
        assert (await outside.post(source["path"], content=body, headers=headers)).status_code == 202
    assert await listed(org, source) == []
    assert await tallied(org, source) == {"empty": 1, "unreadable": 2}
    huge = b" " * (1024 * 1024 + 1)
    problem(await outside.post(source["path"], content=huge, headers=FORGED), 413, "too-large")


async def test_an_address_that_is_nobodys_takes_nothing(org: Organisation, outside: httpx.AsyncClient) -> None:
    source = await registered(org)
    for path in ("/v1/hooks/x", source["path"][:-4] + "AAAA"):
        for method in ("GET", "POST", "OPTIONS"):
            problem(await outside.request(method, path), 404, "not-found")
    ok(await org.manager.post(f"/v1/sources/{source['id']}/retirements", json={"reason": "Done."}))
    for method in ("GET", "POST", "OPTIONS"):
        problem(await outside.request(method, source["path"]), 410, "gone")


async def test_a_secret_works_until_it_is_revoked(org: Organisation, outside: httpx.AsyncClient) -> None:
    source = await registered(org, secret=SECRET)
    url = f"/v1/sources/{source['id']}/secrets"
    made = (await org.manager.post(url, json={})).json()["secret"]

    async def sent(secret: str) -> int:
        body = json.dumps({"n": str(uuid.uuid4())}).encode()
        headers = signed(SourceKind.GITHUB, body, datetime.now(UTC), secret)
        return (await outside.post(source["path"], content=body, headers=headers)).status_code

    assert [await sent(SECRET), await sent(made)] == [202, 202]
    first = ok(await org.manager.get(url))["items"][0]
    assert first["last_used_at"] is not None
    ok(await org.manager.post(f"{url}/{first['id']}/revocations"))
    assert [await sent(SECRET), await sent(made)] == [401, 202]


async def test_senders_that_ask_first_are_answered(org: Organisation, outside: httpx.AsyncClient) -> None:
    okta = await registered(org, kind="okta")
    challenge = {"x-okta-verification-challenge": "a challenge"}
    assert ok(await outside.get(okta["path"], headers=challenge)) == {"verification": "a challenge"}
    problem(await outside.get(okta["path"]), 401, "unproven")
    graph = await registered(org, kind="microsoft_graph")
    answer = await outside.post(graph["path"], params={"validationToken": "<a b>"})
    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (
        200,
        "<a b>",
        "text/plain; charset=utf-8",
    )
    problem(await outside.post(okta["path"], params={"validationToken": "x"}), 401, "unproven")
    events = await registered(org, kind="cloudevents", origins=["events.example.com"])
    asked = await outside.options(events["path"], headers={"WebHook-Request-Origin": "events.example.com"})
    assert (asked.status_code, asked.headers["WebHook-Allowed-Origin"]) == (200, "events.example.com")
    assert asked.headers["WebHook-Allowed-Rate"] == "*"
    for origin in ({"WebHook-Request-Origin": "evil.example"}, {}):
        problem(await outside.options(events["path"], headers=origin), 401, "unproven")


async def test_deliveries_are_the_organisations_own(
    org: Organisation, other_org: Organisation, outside: httpx.AsyncClient
) -> None:
    source = await registered(org, secret=SECRET)
    body = body_of(SourceKind.GITHUB, datetime.now(UTC))
    await outside.post(source["path"], content=body, headers=signed(SourceKind.GITHUB, body, datetime.now(UTC)))
    (kept,) = await listed(org, source)
    path = f"/v1/source-deliveries/{kept['id']}"
    assert ok(await org.manager.get(path)) == kept
    shown = ok(await org.manager.get(f"{path}/body"))
    assert shown["body"].encode() == body
    assert shown["headers"]["x-github-event"] == "check_run"
    assert "x-hub-signature-256" not in shown["headers"]
    for refused in (path, f"{path}/body", f"/v1/sources/{source['id']}/tallies"):
        problem(await other_org.manager.get(refused), 404, "not-found")
        problem(await org.viewer.get(refused), 403, "forbidden")
    assert ok(await other_org.manager.get("/v1/source-deliveries"))["items"] == []


async def test_a_delivery_is_forgotten_after_90_days_and_its_facts_are_kept_and_not_told_again(
    org: Organisation, outside: httpx.AsyncClient, stack: Stack
) -> None:
    source = await registered(org, secret=SECRET)
    body = body_of(SourceKind.GITHUB, datetime.now(UTC))
    headers = signed(SourceKind.GITHUB, body, datetime.now(UTC))

    async def sent_and_mapped() -> dict[str, Any]:
        assert (await outside.post(source["path"], content=body, headers=headers)).status_code == 202

        async def looked_into() -> dict[str, Any] | None:
            (kept,) = await listed(org, source)
            return kept if kept["state"] == "mapped" else None

        return await eventually(looked_into)

    async def facts() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = ok(await org.manager.get("/v1/facts", params={"source_id": source["id"]}))[
            "items"
        ]
        return items

    old = await sent_and_mapped()
    known = await facts()
    assert len(known) == 1
    for days in (89, 91):
        async with superuser(stack, "integrations") as connection:
            await connection.execute(
                "update source_deliveries set received_at = $2 where id = $1",
                uuid.UUID(old["id"]),
                datetime.now(UTC) - timedelta(days=days),
            )
        ok(await org.manager.post("/v1/services/integrations/sweeps"))
        assert len(await listed(org, source)) == (1 if days == 89 else 0)
    problem(await org.manager.get(f"/v1/source-deliveries/{old['id']}"), 404, "not-found")
    again = await sent_and_mapped()
    assert again["id"] != old["id"]
    assert await facts() == known
