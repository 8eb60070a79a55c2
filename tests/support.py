"""What tests say often."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.client import Organisation, address_of, eventually
from deploy.local.stack import Stack
from shared.clock import new_id
from shared.data.sessions import instant_of, organisation_of
from shared.events.catalogue.people import PersonAdded
from shared.events.event import Heard
from shared.identity.callers import SYSTEM, Actor, ActorKind
from shared.identity.roles import Role
from shared.people.known import PEOPLE
from shared.settings import Settings

__all__ = [
    "Organisation",
    "a_few_at_a_time",
    "acting",
    "created",
    "eventually",
    "introduce",
    "newcomer",
    "ok",
    "person",
    "problem",
    "settings_of",
    "staffed",
]


def acting(name: str) -> Actor:
    """A person who acts, for verbs that are called in process; the same name is the same person."""
    return Actor(ActorKind.PERSON, uuid5(NAMESPACE_DNS, name), name)


async def introduce(session: AsyncSession, *names: str) -> None:
    """Let a service know people of an organisation that the gateway does not have, for verbs called in process.

    They are administrators, with the ids that `acting` gives them and the addresses of the stories.
    """
    org_id, at = organisation_of(session), instant_of(session)
    said = {"status": "active", "left_on": None, "department": None, "manager_id": None, "acts_until": None}
    heard = [
        Heard(
            new_id(),
            org_id,
            uuid5(NAMESPACE_DNS, name),
            1,
            at,
            SYSTEM,
            PersonAdded.model_validate(
                {**said, "display_name": name, "emails": [address_of(name)], "roles": [Role.ADMIN]}
            ),
        )
        for name in names
    ]
    await PEOPLE.note(session, heard)


async def person(org: Organisation, name: str) -> dict[str, str]:
    """A person of the stories as answers name them: `person(org, "dana")`."""
    (found,) = ok(await org.admin.get("/v1/people", params={"email": address_of(name)}))["items"]
    return {"id": found["id"], "name": found["name"]}


async def newcomer(org: Organisation, name: str) -> dict[str, str]:
    """Somebody who is added to the directory, with two addresses, as answers name them."""
    draft = {"name": name.title(), "emails": [f"{name}@example.com", f"{name}@example.org"]}
    added = created(await org.admin.post("/v1/people", json=draft))
    return {"id": added["id"], "name": added["name"]}


async def a_few_at_a_time(work: Iterable[Coroutine[Any, Any, object]]) -> None:
    """All of it, five at a time: side by side, and never more than a busy service has connections for."""
    free = asyncio.Semaphore(5)

    async def in_turn(one: Coroutine[Any, Any, object]) -> None:
        async with free:
            await one

    await asyncio.gather(*map(in_turn, work))


def settings_of(stack: Stack, service: str) -> Settings:
    """The settings of a service of this stack, for using its own parts as its processes do."""
    variables = stack.environment(service)
    return Settings.model_validate({name.removeprefix("ATTEST_").lower(): value for name, value in variables.items()})


def created(response: httpx.Response) -> dict[str, Any]:
    """The new thing, with where it is and its first ETag."""
    assert response.status_code == httpx.codes.CREATED, response.text
    body: dict[str, Any] = response.json()
    return body


async def staffed(org: Organisation) -> None:
    """Wait until the controls service has heard of the organisation's people, which a busy machine may delay."""
    headings = "code,title,statement,owner,kind,nature,frequency,requirements"
    sheet = f"{headings}\nX-1,X,X,dana@example.com,preventive,manual,daily,".encode()
    path, headers = "/v1/control-imports?dry_run=true", {"Content-Type": "text/csv"}

    async def known() -> bool:
        return not ok(await org.manager.post(path, content=sheet, headers=headers))["faults"]

    await eventually(known)


def ok(response: httpx.Response) -> dict[str, Any]:
    """The answer of a request that must have worked."""
    assert response.status_code == httpx.codes.OK, response.text
    body: dict[str, Any] = response.json()
    return body


def problem(response: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem of a request that must have been refused, with what every problem has."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["type"] == f"/problems/{slug}", body
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["instance"] == response.request.url.path
    return body
