"""Links to files: for minutes, for one file as it is now, each use on the record, and for nobody who made one up."""

import asyncio
import base64
import os
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.client import client as api_client
from deploy.local.stack import Stack
from services.evidence.intake.links.rules import Ticket, opened, sign
from tests.evidence.another import another, at
from tests.evidence.clamd import EICAR, clamd
from tests.evidence.given import NOBODY, told_of
from tests.gateway.support import Provider, exchanged, newcomer
from tests.support import Organisation, created, eventually, ok, problem

KEY, OTHER = bytes(range(32)), bytes(32)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def a_file(org: Organisation, content: bytes) -> dict[str, object]:
    return created(await org.owner.post("/v1/files", content=content))


async def linked(org: Organisation, file: dict[str, object], **asked: int) -> dict[str, str]:
    link: dict[str, str] = created(await org.viewer.post(f"/v1/files/{file['id']}/links", json=asked))
    return link


async def test_a_link_is_followed_without_a_token_and_noted(stack: Stack, org: Organisation) -> None:
    content = os.urandom(3000)
    headers = {"Content-Disposition": "attachment; filename*=UTF-8''%C3%9Cberblick.csv"}
    file = created(await org.owner.post("/v1/files", content=content, headers=headers))
    link = await linked(org, file)
    lasts = datetime.fromisoformat(link["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < lasts <= timedelta(minutes=15)
    async with httpx.AsyncClient(base_url=stack.url) as stranger:
        answer = await stranger.get(link["path"])
        assert (answer.status_code, answer.content) == (200, content)
        assert "%C3%9Cberblick.csv" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "private, no-cache"
        part = await stranger.get(link["path"], headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, content[10:20])
        beyond = await stranger.get(link["path"], headers={"Range": "bytes=3000-"})
        problem(beyond, 416, "range-not-satisfiable")
    told = await told_of(org, link)
    assert [each["type"] for each in told] == ["evidence.link.issued", *["evidence.link.followed"] * 3]
    assert told[-1]["data"]["file_id"] == file["id"]
    assert told[-1]["actor"] == "anonymous"


async def test_a_link_expires(stack: Stack, org: Organisation) -> None:
    link = await linked(org, await a_file(org, os.urandom(10)), seconds=1)
    async with httpx.AsyncClient(base_url=stack.url) as stranger:
        for _ in range(40):
            answer = await stranger.get(link["path"])
            if answer.status_code != 200:
                break
            await asyncio.sleep(0.1)
        problem(answer, 410, "link-gone")


@pytest.mark.parametrize("seconds", [0, 901])
async def test_a_link_lasts_a_quarter_of_an_hour_at_most(org: Organisation, seconds: int) -> None:
    file = await a_file(org, os.urandom(10))
    answer = await org.viewer.post(f"/v1/files/{file['id']}/links", json={"seconds": seconds})
    assert problem(answer, 422, "invalid")["errors"][0]["pointer"] == "/seconds"


async def test_what_is_found_later_withdraws_every_link(stack: Stack, org: Organisation) -> None:
    file = await a_file(org, os.urandom(30) + EICAR)
    link = await linked(org, file)
    async with (
        clamd() as scanner,
        another(stack, {"ATTEST_SCANNER_URL": scanner.url}) as url,
        at(url, org.reviewer) as reviewer,
    ):
        assert ok(await reviewer.post(f"/v1/files/{file['id']}/scans"))["scan"] == "quarantined"
    async with httpx.AsyncClient(base_url=stack.url) as stranger:
        problem(await stranger.get(link["path"]), 410, "link-gone")
    refused = await org.viewer.post(f"/v1/files/{file['id']}/links", json={})
    problem(refused, 409, "quarantined")


async def gone(stack: Stack, link: dict[str, str]) -> httpx.Response:
    """The refusal of a link, within the seconds that events take."""

    async def refused() -> httpx.Response | None:
        async with httpx.AsyncClient(base_url=stack.url) as stranger:
            answer = await stranger.get(link["path"])
        return answer if answer.status_code == httpx.codes.GONE else None

    return await eventually(refused, within=5, every=0.05)


async def test_a_link_ends_with_the_client_that_issued_it(stack: Stack, org: Organisation) -> None:
    file = await a_file(org, os.urandom(10))
    draft = {"title": "Portal", "roles": ["viewer"]}
    client = created(await org.admin.post("/v1/api-clients", json=draft))
    async with api_client(stack.url, client["id"], client["client_secret"]) as portal:
        link = created(await portal.post(f"/v1/files/{file['id']}/links", json={}))
        other = await linked(org, file)
        ok(await org.admin.post(f"/v1/api-clients/{client['id']}/revocations", json={"reason": "No longer used."}))
        problem(await gone(stack, link), 410, "link-gone")
    async with httpx.AsyncClient(base_url=stack.url) as stranger:
        assert (await stranger.get(other["path"])).status_code == 200, "what others issued stays"


async def test_a_link_ends_with_the_membership_or_the_role_of_its_issuer(stack: Stack, org: Organisation) -> None:
    file = await a_file(org, os.urandom(10))
    ends_at = (datetime.now(UTC) + timedelta(minutes=6)).replace(microsecond=0)
    draft = newcomer("nora", "viewer", ends_at=ends_at.isoformat())
    member = await org.admin.post("/v1/members", json=draft)
    provider = Provider()
    trust = {"issuer": provider.issuer, "audience": "attest", "jwks": provider.jwks()}
    created(await org.admin.post("/v1/issuers", json=trust))
    token = ok(await exchanged(stack.url, provider.vouch()))["access_token"]
    async with httpx.AsyncClient(base_url=stack.url, headers={"Authorization": f"Bearer {token}"}) as nora:
        link = created(await nora.post(f"/v1/files/{file['id']}/links", json={}))
    assert datetime.fromisoformat(link["expires_at"]) == ends_at
    path, version = member.headers["Location"], {"If-Match": member.headers["ETag"]}
    ok(await org.admin.patch(path, json={"roles": ["monitor"]}, headers=version))
    problem(await gone(stack, link), 410, "link-gone")


async def test_nobody_makes_one_up(stack: Stack, org: Organisation) -> None:
    link = await linked(org, await a_file(org, os.urandom(10)))
    path, _, token = link["path"].rpartition("/")
    changed = token[:8] + ("A" if token[8] != "A" else "B") + token[9:]
    async with httpx.AsyncClient(base_url=stack.url) as stranger:
        for made_up in (changed, token[:-4], token + "AAAA", "x", "A" * 96):
            problem(await stranger.get(f"{path}/{made_up}"), 404, "not-found")
        # Well signed, with another installation's key.
        other = sign(Ticket(UUID(org.id), UUID(link["id"]), datetime.now(UTC) + timedelta(minutes=5)), OTHER)
        problem(await stranger.get(f"{path}/{other}"), 404, "not-found")


async def test_each_organisation_links_to_its_own(org: Organisation, other_org: Organisation) -> None:
    file = await a_file(org, os.urandom(10))
    problem(await other_org.viewer.post(f"/v1/files/{file['id']}/links", json={}), 404, "not-found")
    problem(await org.viewer.post(f"/v1/files/{NOBODY}/links", json={}), 404, "not-found")
    problem(await org.monitor.post(f"/v1/files/{file['id']}/links", json={}), 403, "forbidden")


@given(st.uuids(), st.uuids(), st.integers(0, 10**6))
def test_a_token_opens_with_its_key_alone(org_id: UUID, link_id: UUID, seconds: int) -> None:
    ticket = Ticket(org_id, link_id, NOON + timedelta(seconds=seconds))
    token = sign(ticket, KEY)
    assert opened(token, KEY) == ticket
    assert opened(token, OTHER) is None


@given(st.integers(0, 71), st.integers(1, 255))
def test_a_token_with_one_byte_changed_opens_nothing(place: int, by: int) -> None:
    token = sign(Ticket(UUID(int=1), UUID(int=2), NOON), KEY)
    content = bytearray(base64.urlsafe_b64decode(token))
    content[place] ^= by
    assert opened(base64.urlsafe_b64encode(content).decode(), KEY) is None


@given(st.text(max_size=200))
def test_any_text_is_no_token(text: str) -> None:
    assert opened(text, KEY) is None
