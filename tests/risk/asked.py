"""Questionnaires that tests begin with, and respondents who have a link and no account."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.support import Organisation, created, ok

QUESTIONS: list[dict[str, Any]] = [
    {
        "code": "ACC",
        "title": "Access",
        "questions": [
            {"code": "ACC-1", "text": "Second factor?", "weight": 5, "knock_out": True, "criteria": ["CC6.1"]},
            {"code": "ACC-2", "text": "Leavers within a day?", "weight": 3},
        ],
    },
    {
        "code": "CON",
        "title": "Continuity",
        "questions": [
            {"code": "CON-1", "text": "Backups restored?", "weight": 2},
            {"code": "CON-2", "text": "Describe your data centres.", "kind": "text"},
            {"code": "CON-3", "text": "Two regions?", "weight": 4, "tiers": ["critical"]},
        ],
    },
]
KIM = {"name": "Kim Ono", "email": "kim.ono@example.net"}
SIGNED = {"signed_by": "Kim Ono", "role": "Head of security"}
PROOF = {"title": "Configuration", "reference": "https://trust.example.net/sso"}
ANSWERS: list[dict[str, Any]] = [
    {"code": "ACC-1", "value": "yes", "evidence": [PROOF]},
    {"code": "ACC-2", "value": "partly"},
    {"code": "CON-1", "not_applicable_because": "We keep no data."},
    {"code": "CON-2", "text": "Two, in one city."},
]


@dataclass(frozen=True, slots=True)
class ByLink:
    """A respondent, who has the token of a link."""

    url: str
    token: str

    async def ask(self, method: str, sub: str = "", body: dict[str, Any] | None = None) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.url, timeout=30) as client:
            headers = {"Questionnaire-Token": self.token}
            return await client.request(method, f"/v1/questionnaire-responses{sub}", json=body, headers=headers)

    async def read(self) -> dict[str, Any]:
        return ok(await self.ask("GET"))

    async def save(self, *answers: dict[str, Any]) -> httpx.Response:
        return await self.ask("PUT", body={"answers": list(answers)})

    async def submit(self, **changes: Any) -> httpx.Response:
        return await self.ask("POST", "/submissions", SIGNED | changes)


def expiry(days: int = 30) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def published(org: Organisation, **changes: Any) -> str:
    """The id of a template that can be sent."""
    draft = {"title": "Vendor security", "sections": QUESTIONS} | changes
    template = created(await org.risk.post("/v1/questionnaire-templates", json=draft))
    ok(await org.risk.post(f"/v1/questionnaire-templates/{template['id']}/publications"))
    return str(template["id"])


async def prepared(org: Organisation, vendor: str, template: str, **changes: Any) -> str:
    """The id of a questionnaire that is not sent yet."""
    draft = {"template_id": template} | changes
    return str(created(await org.risk.post(f"/v1/vendors/{vendor}/questionnaires", json=draft))["id"])


async def sent(org: Organisation, questionnaire: str, *respondents: dict[str, Any]) -> list[ByLink]:
    """The links of respondents, Kim's for all sections where none is named."""
    sending = {"respondents": list(respondents) or [KIM], "expires_at": expiry()}
    answer = ok(await org.risk.post(f"/v1/questionnaires/{questionnaire}/sendings", json=sending))
    return [ByLink(str(org.risk.base_url), link["token"]) for link in answer["links"]]


async def accepted(org: Organisation, vendor: str, template: str, **changes: Any) -> str:
    """The id of a questionnaire that was answered and accepted."""
    questionnaire = await prepared(org, vendor, template, **changes)
    (kim,) = await sent(org, questionnaire)
    ok(await kim.save(*ANSWERS))
    assert (await kim.submit()).status_code == httpx.codes.NO_CONTENT
    decision = {"decision": "accept", "reason": "Complete."}
    ok(await org.risk.post(f"/v1/questionnaires/{questionnaire}/decisions", json=decision))
    return questionnaire
