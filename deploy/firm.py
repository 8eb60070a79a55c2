"""An audit firm as its own systems would run it: its people sign in by the firm's issuer, and act in one engagement."""

import time
import uuid
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from deploy.client import client, done, eventually

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# Who works in the firm of the stories, by the role that each has on a team.
PEOPLE = {
    "partner": "engagement_partner",
    "manager": "manager",
    "staff": "staff",
    "quality": "quality_reviewer",
}
_INDEPENDENT = "I have no interest in the client, and no relation with its management."
_YEAR = timedelta(days=365)


class PersonCredentials(httpx.Auth):
    """A person's own sign-in, by an assertion of their firm; for one engagement where one is named."""

    requires_response_body = True

    def __init__(self, firm: "Firm", person: str, engagement: str | None) -> None:
        self._firm, self._person, self._engagement = firm, person, engagement
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
        response = yield self._firm.token_request(self._person, self._engagement)
        if response.is_error:
            raise RuntimeError(f"{self._person} gets no token: {response.status_code} {response.text}")
        self.token = response.json()["access_token"]


def an_administrator() -> dict[str, str]:
    """The first administrator of a firm, who belongs to no other organisation."""
    return {"name": "Hanna Hale", "email": f"hanna@{uuid.uuid4()}.example"}


@dataclass(slots=True)
class Firm:
    """An audit firm with its administrator's API client and its own issuer of sign-ins."""

    id: str
    url: str
    admin: httpx.AsyncClient
    issuer: str
    key: ECKey
    transport: httpx.AsyncBaseTransport | None

    @classmethod
    async def found(
        cls,
        operator: httpx.AsyncClient,
        title: str = "Hale & Partners LLP",
        kind: str = "cpa_firm",
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        licensed: bool = True,
    ) -> Self:
        """Found a firm as the operator, with its people; its permit and the partner's licence are verified.

        One that is not `licensed` has neither.
        """
        draft = {"title": title, "administrator": an_administrator(), "audit_firm": kind}
        founded = done(await operator.post("/v1/organisations", json=draft))
        firm_id, url = founded["organisation"]["id"], str(operator.base_url).rstrip("/")
        firm = await cls.begin(firm_id, url, founded["admin"], transport)
        if licensed:
            await firm.become_licensed(operator, kind)
        return firm

    @classmethod
    async def begin(
        cls, firm_id: str, url: str, credentials: dict[str, str], transport: httpx.AsyncBaseTransport | None = None
    ) -> Self:
        """Have a firm that was founded sign in by an issuer of its own, and put its people into its directory."""
        admin = client(url, credentials["client_id"], credentials["client_secret"], transport)
        issuer, key = f"https://{uuid.uuid4()}.example", ECKey.generate_key("P-256", {"kid": "first"})
        firm = cls(firm_id, url, admin, issuer, key, transport)
        keys = KeySet([firm.key]).as_dict(private=False)
        done(await admin.post("/v1/issuers", json={"issuer": issuer, "audience": "attest", "jwks": keys}))
        done(await admin.post("/v1/members/batch", json={"members": [firm._member(name) for name in PEOPLE]}))
        return firm

    def acting(self, person: str, engagement: str | None = None) -> httpx.AsyncClient:
        """A person of the firm by themselves; in one engagement where it is named."""
        auth = PersonCredentials(self, person, engagement)
        return httpx.AsyncClient(base_url=self.url, auth=auth, timeout=30, transport=self.transport)

    def token_request(
        self, person: str, engagement: str | None, *, lasts: timedelta = timedelta(minutes=10), **fields: str
    ) -> httpx.Request:
        """The request by which a person of the firm gets a token; the firm vouches for them as long as it `lasts`."""
        at = int(time.time())
        said = {"iss": self.issuer, "aud": "attest", "sub": person, "iat": at, "exp": at + int(lasts.total_seconds())}
        header = {"alg": "ES256", "kid": self.key.kid}
        form = {"grant_type": JWT_BEARER, "assertion": jwt.encode(header, said, self.key), **fields}
        if engagement is not None:
            form["engagement"] = engagement
        return httpx.Request("POST", f"{self.url}/v1/oauth/token", data=form)

    async def accept(self, org: httpx.AsyncClient, engagement: str, *people: str) -> None:
        """Put people on the team, the partner at least, who confirm their independence; both sign, the firm accepts.

        `org` is who acts for the client.
        """
        for person in people or ("partner", "manager", "staff"):
            await self.assign(engagement, person)
        letter = {
            "kind": "engagement_letter",
            "title": "Engagement letter",
            "dated_on": datetime.now(UTC).date().isoformat(),
            "signatories": [{"name": "Ada Admin", "position": "Chief Executive Officer"}],
        }
        path = f"/v1/engagements/{engagement}"
        done(await org.post(f"{path}/documents", json=letter))
        async with self.acting("partner", engagement) as partner:
            done(await partner.post(f"{path}/documents", json=letter))
            done(await partner.post(f"{path}/phases", json={"phase": "accepted"}))

    async def assign(self, engagement: str, person: str) -> dict[str, Any]:
        """Put a person on the team of an engagement, who confirms their independence and can then sign in to it."""
        path = f"/v1/engagements/{engagement}/team-members"
        draft = {"person": self.address(person), "role": PEOPLE[person]}
        member = done(await self.admin.post(path, json=draft))
        async with self.acting(person) as themselves:
            path = f"/v1/team-members/{member['id']}/independence-confirmations"
            member = done(await themselves.post(path, json={"statement": _INDEPENDENT}))
        await eventually(lambda: self._signs_in(person, engagement))
        return member

    async def close(self) -> None:
        await self.admin.aclose()

    async def _signs_in(self, person: str, engagement: str) -> bool:
        """Whether the gateway has heard that the person is on the team."""
        async with httpx.AsyncClient(transport=self.transport, timeout=30) as asking:
            return (await asking.send(self.token_request(person, engagement))).is_success

    async def become_licensed(self, operator: httpx.AsyncClient, kind: str = "cpa_firm") -> None:
        """Declare the permit of the firm and the licence of the partner, which the operator verifies."""
        today = datetime.now(UTC).date()
        own, persons = ("firm_permit", "cpa_licence") if kind == "cpa_firm" else ("accreditation", "lead_auditor")
        common = {
            "region": "US-CO",
            "issued_by": "State Board of Accountancy",
            "expires_on": (today + _YEAR).isoformat(),
        }
        for draft in (
            {"kind": own, "number": "FRM-1", "issued_to": "The firm", **common},
            {"kind": persons, "number": "CPA-1", "issued_to": "Partner", "person": self.address("partner"), **common},
        ):
            licence = done(await self.admin.post("/v1/licences", json=draft))
            check = {"decision": "verified", "method": "Looked up by number.", "checked_on": today.isoformat()}
            done(await operator.post(f"/v1/licences/{licence['id']}/verifications", json=check))

    def _member(self, name: str) -> dict[str, Any]:
        person = {"name": name.title(), "emails": [self.address(name)]}
        role = "firm-manager" if name in {"partner", "manager"} else "firm-staff"
        return {"new_person": person, "roles": [role], "issuer": self.issuer, "subject": name}

    def address(self, name: str) -> str:
        """The e-mail address of a person of the firm."""
        return f"{name}@{self.issuer[8:]}"
