"""What the tests of the risk service begin with: a risk, and news of controls as the controls service tells it."""

import itertools
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from nats.aio.client import Client

from shared.events.catalogue.controls import ControlProven, HealthState
from tests.support import Organisation, created, eventually, ok

DRAFT: dict[str, Any] = {
    "code": "R-01",
    "title": "Former staff keep access",
    "scenario": {
        "source": "A former employee",
        "event": "signs in with access that was never removed",
        "consequence": "and copies customer records.",
    },
    "category": "security",
    "owner": "riley@example.com",
    "inherent": {"likelihood": 5, "impact": 4},
}

_KINDS = {
    HealthState.HEALTHY: "proven",
    HealthState.AT_RISK: "at_risk",
    HealthState.FAILING: "failing",
    HealthState.UNKNOWN: "unproven",
}


def answer(control: str, effect_on: str = "likelihood", steps: int = 4) -> dict[str, Any]:
    return {"control_id": control, "effect_on": effect_on, "steps": steps}


async def identified(org: Organisation, **changes: Any) -> str:
    return str(created(await org.risk.post("/v1/risks", json=DRAFT | changes))["id"])


async def read(org: Organisation, risk: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/risks/{risk}"))


async def revised(org: Organisation, risk: str, **changes: Any) -> dict[str, Any]:
    """The risk after a revision, whatever its version is."""
    return ok(await org.risk.patch(f"/v1/risks/{risk}", json=changes, headers={"If-Match": "*"}))


async def put_in_force(org: Organisation, draft: dict[str, Any]) -> dict[str, Any]:
    """A version of the method that was drafted, previewed and put in force."""
    path = f"/v1/risk-methods/{created(await org.risk.post('/v1/risk-methods', json=draft))['id']}"
    ok(await org.risk.post(f"{path}/previews"))
    return ok(await org.risk.post(f"{path}/activations"))


async def rated(org: Organisation, risk: str, level: str) -> dict[str, Any]:
    """The risk as soon as this is its current level."""

    async def reached() -> dict[str, Any] | None:
        now = await read(org, risk)
        return now if now["current"]["level"] == level else None

    return await eventually(reached)


async def history(org: Organisation, risk: str) -> list[dict[str, Any]]:
    """Every rating, the oldest first."""
    answer = await org.viewer.get(f"/v1/risks/{risk}/ratings", params={"sort": "rated_at"})
    items: list[dict[str, Any]] = ok(answer)["items"]
    return items


async def trail(org: Organisation, subject: str) -> list[dict[str, Any]]:
    """What was announced about a thing, the oldest first."""
    items: list[dict[str, Any]] = ok(await org.admin.get("/v1/services/risk/trail", params={"subject": subject}))[
        "items"
    ]
    return items


@dataclass(slots=True)
class Control:
    """A control as the controls service announces it, in the order and as often as the test likes."""

    nats: Client
    org: Organisation
    code: str = "AC-01"
    title: str = "Access review"
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    versions: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def is_(self, health: HealthState, *reasons: str, version: int | None = None) -> str:
        """Announce its health; the id of the event."""
        data = {"health": health, "before": "unknown", "reasons": list(reasons), "reason_codes": []}
        return await self._tell(f"controls.health.{_KINDS[health]}", version or next(self.versions), data)

    async def was(self, verb: str, *, version: int, title: str | None = None) -> str:
        """Announce a change of the control itself; the id of the event."""
        return await self._tell(f"controls.control.{verb}", version, {"title": title or self.title})

    async def _tell(self, kind: str, version: int, data: dict[str, Any]) -> str:
        event = {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": "/services/controls",
            "type": kind,
            "subject": self.id,
            "time": datetime.now(UTC).isoformat(),
            "orgid": self.org.id,
            "actor": "system",
            "version": version,
            "data": {"code": self.code, "title": self.title, **data},
        }
        headers = {"Nats-Msg-Id": str(event["id"])}
        await self.nats.jetstream().publish(f"events.{kind}", json.dumps(event).encode(), headers=headers)
        return str(event["id"])


def proven_control(code: str) -> ControlProven:
    return ControlProven(
        code=code,
        title="Review",
        health=HealthState.HEALTHY,
        before=HealthState.UNKNOWN,
        reasons=[],
        reason_codes=[],
    )


async def heard(org: Organisation, risk: str, place: int, **facts: Any) -> dict[str, Any]:
    """The control at a place of the risk's, as soon as this much is known of it."""

    async def known() -> dict[str, Any] | None:
        control: dict[str, Any] = (await read(org, risk))["controls"][place]
        return control if all(control[name] == value for name, value in facts.items()) else None

    return await eventually(known)


def kinds(events: Sequence[dict[str, Any]]) -> list[str]:
    return [event["type"].removeprefix("risk.risk.") for event in events]
