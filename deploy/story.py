"""The story Attest makes true, in steps through the gateway: used by the demo, the tests, the bench and the chaos.

Evidence expires → the control that rests on it fails → the risk it answers goes above appetite → the open engagement
gets a candidate; the evidence is renewed → the control recovers, the risk falls back, the candidate stays on the
record as remediated.
"""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from deploy.client import Organisation, done, eventually

# Long enough to accept the evidence and see the control healthy before the covered period runs out, unless the machine
# is so slow that beginning took longer.
SHORTLY = timedelta(seconds=0.8)
_REPORT = b"system,person,role,still needed\nproduction,dana,admin,yes\nproduction,kim,reader,no: removed\n"


@dataclass(slots=True)
class Story:
    """A control, what proves it, the risk it answers and the engagement that has it in scope."""

    org: Organisation
    control: str
    expectation: str
    risk: str
    engagement: str
    shortly: timedelta = SHORTLY
    item: str | None = field(default=None)

    @classmethod
    async def begin(cls, org: Organisation, code: str = "AC-01") -> Self:
        """Write down and put into operation a control, with an expectation, a risk and a proposed engagement."""
        began = datetime.now(UTC)
        control = await implemented_control(org, code)
        expectation = await expect_evidence(org, control)
        risk = await identified_risk(org, code.replace("AC", "R"), control)
        engagement = await proposed_engagement(org, [control])
        shortly = max(SHORTLY, datetime.now(UTC) - began)
        return cls(org, control, expectation, risk, engagement, shortly)

    async def submit(self, *, covers_until: datetime) -> str:
        """Upload a real file and hand it in as evidence."""
        owner = self.org.owner
        content = _REPORT + f"reviewed,{uuid.uuid4()}\n".encode()
        uploaded = done(await owner.post("/v1/files", content=content, headers={"Content-Type": "text/csv"}))
        item = done(
            await owner.post(
                "/v1/evidence",
                json={
                    "title": "Access review",
                    "kind": "file",
                    "file_id": uploaded["id"],
                    "source": "identity provider export",
                    "collected_at": datetime.now(UTC).isoformat(),
                    "covers_from": (covers_until - timedelta(days=90)).isoformat(),
                    "covers_until": covers_until.isoformat(),
                    "expectation_ids": [self.expectation],
                },
                headers={"Idempotency-Key": str(uuid.uuid4())},
            )
        )
        self.item = str(item["id"])
        return self.item

    async def accept(self) -> None:
        """Accept the evidence, as someone other than the submitter."""
        done(await self.org.reviewer.post(f"/v1/evidence/{self.item}/reviews", json={"decision": "accepted"}))

    async def provide(self, *, covers_until: datetime | None = None) -> None:
        """Submit and accept evidence whose covered period runs out shortly, unless told otherwise."""
        await self.submit(covers_until=covers_until or datetime.now(UTC) + self.shortly)
        await self.accept()

    async def until_healthy(self) -> dict[str, Any]:
        """Wait until the control works."""
        return await eventually(lambda: self._health("healthy"))

    async def until_failing(self) -> dict[str, Any]:
        """Wait until the control fails."""
        return await eventually(lambda: self._health("failing"))

    async def until_within_appetite(self, *, within: bool) -> dict[str, Any]:
        """Wait until the risk is within appetite, or above it."""

        async def rated() -> dict[str, Any] | None:
            risk = done(await self.org.viewer.get(f"/v1/risks/{self.risk}"))
            return risk if risk["within_appetite"] is within else None

        return await eventually(rated)

    async def until_expired(self) -> None:
        """Wait until the covered period has run out, by the evidence's own dates."""

        async def expired() -> bool:
            item = done(await self.org.viewer.get(f"/v1/evidence/{self.item}"))
            return all(proof["freshness"] == "expired" for proof in item["proofs"])

        await eventually(expired)

    async def sweep(self) -> dict[str, int]:
        """Have the evidence service announce now what has expired by now."""
        swept = done(await self.org.manager.post("/v1/services/evidence/sweeps"))
        return dict(swept["done"])

    async def until_candidate(self, status: str, *, among: int = 1) -> dict[str, Any]:
        """Wait for the newest candidate to have this status, and while open, to name the risk that it lifted."""

        async def found() -> dict[str, Any] | None:
            query = {"engagement_id": self.engagement, "control_id": self.control, "sort": "-raised_at"}
            candidates = done(await self.org.viewer.get("/v1/candidates", params=query))["items"]
            newest = candidates[0] if len(candidates) >= among else None
            if newest is None or newest["status"] != status:
                return None
            named = [risk["risk_id"] for risk in newest["risks"]]
            return newest if status != "raised" or self.risk in named else None

        return await eventually(found)

    async def _health(self, state: str) -> dict[str, Any] | None:
        health = done(await self.org.viewer.get(f"/v1/controls/{self.control}/health"))
        return health if health["state"] == state else None


async def implemented_control(org: Organisation, code: str) -> str:
    """A control in operation: written by one, approved by another."""
    control = done(
        await org.manager.post(
            "/v1/controls",
            json={
                "code": code,
                "title": "Access is reviewed every quarter",
                "statement": "The owner of each system reviews who has access to it, every quarter.",
                "owner": "dana@example.com",
                "kind": "detective",
                "nature": "manual",
                "frequency": "quarterly",
                "requirements": ["soc2:CC6.2", "soc2:CC6.3"],
            },
        )
    )
    done(await org.second_manager.post(f"/v1/controls/{control['id']}/approvals"))
    done(await org.manager.post(f"/v1/controls/{control['id']}/implementations"))
    return str(control["id"])


async def expect_evidence(org: Organisation, control: str) -> str:
    """An expectation whose evidence counts for as long as the period that it covers."""
    expectation = done(
        await org.manager.post(
            "/v1/expectations",
            json={
                "control_id": control,
                "title": "Access review",
                "description": "The signed review of the quarter, exported from the identity provider.",
                "kind": "file",
                "freshness_days": 0,
                "expiring_days": 0,
                "owner": "dana@example.com",
            },
        )
    )
    return str(expectation["id"])


async def identified_risk(org: Organisation, code: str, control: str) -> str:
    """A risk that is within appetite only as long as the control works."""
    risk = done(
        await org.risk.post(
            "/v1/risks",
            json={
                "code": code,
                "title": "Former staff keep access to production",
                "scenario": {
                    "source": "a former employee",
                    "event": "signs in with access that was never removed",
                    "consequence": "customer records are disclosed",
                },
                "category": "security",
                "owner": "riley@example.com",
                "inherent": {"likelihood": 5, "impact": 4},
                "controls": [{"control_id": control, "effect_on": "likelihood", "steps": 4}],
            },
        )
    )
    return str(risk["id"])


async def proposed_engagement(
    org: Organisation, controls: list[str], *, firm_id: str | None = None, **agreed: Any
) -> str:
    """A SOC 2 Type 2 engagement over a period around today, with these controls in scope, unless otherwise agreed.

    From then on what the organisation's own monitoring finds is a candidate in it, whoever will conduct it.
    """
    today = datetime.now(UTC).date()
    proposed = await org.manager.post(
        "/v1/engagements",
        json={
            "kind": "soc2_type2",
            "title": "SOC 2 Type 2",
            "categories": ["security"],
            "period_start": (today - timedelta(days=180)).isoformat(),
            "period_end": (today + timedelta(days=180)).isoformat(),
            **agreed,
        },
    )
    engagement = str(done(proposed)["id"])
    scope = {"control_ids": controls}
    headers = {"If-Match": proposed.headers["ETag"]}
    done(await org.manager.put(f"/v1/engagements/{engagement}/scope", json=scope, headers=headers))
    if firm_id is not None:
        done(await org.manager.post(f"/v1/engagements/{engagement}/proposals", json={"firm_id": firm_id}))
    return engagement
