"""What tests say often."""

from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import httpx

from deploy.client import Organisation, eventually
from deploy.local.stack import Stack
from shared.identity.callers import Actor, ActorKind
from shared.settings import Settings

__all__ = ["Organisation", "acting", "created", "eventually", "ok", "problem", "settings_of"]


def acting(name: str) -> Actor:
    """A person who acts, for verbs that are called in process; the same name is the same person."""
    return Actor(ActorKind.PERSON, uuid5(NAMESPACE_DNS, name), name)


def settings_of(stack: Stack, service: str) -> Settings:
    """The settings of a service of this stack, for using its own parts as its processes do."""
    variables = stack.environment(service)
    return Settings.model_validate({name.removeprefix("ATTEST_").lower(): value for name, value in variables.items()})


def created(response: httpx.Response) -> dict[str, Any]:
    """The new thing, with where it is and its first ETag."""
    assert response.status_code == httpx.codes.CREATED, response.text
    body: dict[str, Any] = response.json()
    return body


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
