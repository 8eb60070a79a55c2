"""A client of Attest's API as a partner would write one: the seed, the demo, the tests and the bench use it."""

import asyncio
import ssl
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import httpx

T = TypeVar("T")
_SHORTEST_PAUSE = 0.005

# Made once: it reads every certificate that the machine trusts, which takes longer than most requests.
_TLS = ssl.create_default_context()

# Each is a person of their own: who submits does not review, who writes does not approve.
TEAM = {
    "manager": "compliance-manager",
    "second_manager": "compliance-manager",
    "owner": "control-owner",
    "reviewer": "evidence-reviewer",
    "risk": "risk-manager",
    "viewer": "viewer",
    "monitor": "monitor",
}
# People whom stories make responsible for things; they have no API client.
PEOPLE = {"dana": "control-owner", "kim": "compliance-manager", "lee": "control-owner", "riley": "risk-manager"}


def address_of(name: str) -> str:
    """The e-mail address of a person of the stories."""
    return f"{name}@example.com"


class ClientCredentials(httpx.Auth):
    """Fetches an access token when there is none, and another when the one it has is refused."""

    requires_response_body = True

    def __init__(self, url: str, client_id: str = "", client_secret: str = "") -> None:
        self._url = url
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        self.token = ""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self.token:
            yield from self._fetch()
        request.headers["Authorization"] = f"Bearer {self.token}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            yield from self._fetch()
            request.headers["Authorization"] = f"Bearer {self.token}"
            yield request

    def _fetch(self) -> Generator[httpx.Request, httpx.Response, None]:
        response = yield httpx.Request("POST", f"{self._url}/v1/oauth/token", data=self._form)
        response.raise_for_status()
        self.token = response.json()["access_token"]


class TeamMember(ClientCredentials):
    """Registers its API client as the organisation's admin before its first request: few stories need all roles."""

    def __init__(self, url: str, admin: httpx.AsyncClient, name: str) -> None:
        super().__init__(url)
        self._admin, self._name = admin, name
        self._registering = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        async with self._registering:
            if not self._form["client_id"]:
                draft = {"title": self._name, "roles": [TEAM[self._name]], "responsible": address_of(self._name)}
                registered = done(await self._admin.post("/v1/api-clients", json=draft))
                self._form |= {"client_id": registered["id"], "client_secret": registered["client_secret"]}
        flow = super().async_auth_flow(request)
        sent = await anext(flow)
        with suppress(StopAsyncIteration):
            while True:
                sent = await flow.asend((yield sent))


def _member(name: str, role: str) -> dict[str, Any]:
    person = {"name": name.replace("_", " ").title(), "emails": [address_of(name)]}
    return {"new_person": person, "roles": [role]}


def client(
    url: str, client_id: str, client_secret: str, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """A client that acts as one API client of an organisation."""
    return _acting(url, ClientCredentials(url, client_id, client_secret), transport)


def _acting(url: str, auth: ClientCredentials, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, auth=auth, timeout=30, transport=transport, verify=_TLS)


@dataclass(slots=True)
class Organisation:
    """An organisation and a team of API clients in it, each registered when it first acts."""

    id: str
    admin: httpx.AsyncClient
    credentials: dict[str, str]
    team: dict[str, httpx.AsyncClient]

    @classmethod
    async def found(
        cls, operator: httpx.AsyncClient, title: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> Self:
        """Found an organisation as the operator, and put its people into the directory."""
        administrator = {"name": "Ada Admin", "email": address_of("admin")}
        draft = {"title": title, "administrator": administrator}
        answer = done(await operator.post("/v1/organisations", json=draft))
        url, credentials = str(operator.base_url).rstrip("/"), answer["admin"]
        admin = client(url, credentials["client_id"], credentials["client_secret"], transport)
        members = [_member(name, role) for name, role in (TEAM | PEOPLE).items()]
        done(await admin.post("/v1/members/batch", json={"members": members}))
        team = {name: _acting(url, TeamMember(url, admin, name), transport) for name in TEAM}
        return cls(answer["organisation"]["id"], admin, credentials, team)

    def __getattr__(self, name: str) -> httpx.AsyncClient:
        """The team by name: `organisation.viewer`."""
        try:
            return self.team[name]
        except KeyError:
            raise AttributeError(name) from None

    async def close(self) -> None:
        for acting in (self.admin, *self.team.values()):
            await acting.aclose()


def done(response: httpx.Response) -> dict[str, Any]:
    """The body of a successful answer; an error that shows the whole problem otherwise."""
    if response.is_error:
        raise RuntimeError(
            f"{response.request.method} {response.request.url.path}: {response.status_code} {response.text}"
        )
    body: dict[str, Any] = response.json()
    return body


async def eventually(
    check: Callable[[], Awaitable[T | None]], *, within: float = 30.0, every: float | None = None
) -> T:
    """What `check` answers as soon as that is something; TimeoutError with its last answer after `within` seconds.

    It asks `every` so many seconds, or else less and less often: to ask all the time would slow down what is awaited.
    """
    began = time.monotonic()
    while not (answer := await check()):
        waited = time.monotonic() - began
        if waited > within:
            raise TimeoutError(f"not within {within} s: {getattr(check, '__doc__', None) or check!r}; last: {answer!r}")
        await asyncio.sleep(every or max(_SHORTEST_PAUSE, waited / 20))
    return answer
