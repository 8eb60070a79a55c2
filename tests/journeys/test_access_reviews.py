"""A quarter of access reviews: three months, of which one is late, one is returned and corrected, one is under hold.

Told as the people of an organisation do it, through the gateway: the clock asks, the control's owner hands in, somebody
else reviews, counsel has kept what a matter needs, and the auditor takes the quarter away as one archive.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from dateutil.relativedelta import relativedelta
from icalendar import Calendar

from attest.bundles import verify_bundle
from attest.findings import Trust
from deploy.local.stack import Stack
from deploy.story import implemented_control
from tests.support import Organisation, created, eventually, ok, problem

SCHEMA = {
    "type": "object",
    "required": ["reviewer", "accounts"],
    "properties": {
        "reviewer": {"type": "string"},
        "accounts": {"type": "array", "items": {"type": "object", "required": ["name", "still_needed"]}},
    },
}


@dataclass(frozen=True, slots=True)
class Quarter:
    """The control, what is expected of it each month, and the three months that are collected."""

    org: Organisation
    control: str
    expectation: dict[str, Any]

    @classmethod
    async def begin(cls, org: Organisation) -> "Quarter":
        """A month is reviewed by the middle of the one after the next; the first of three is overdue by now."""
        control = await implemented_control(org, "AC-01")
        schema = {"code": "access-review", "title": "Access review", "document": SCHEMA}
        shape = created(await org.manager.post("/v1/record-schemas", json=schema))
        first = datetime.now(UTC).date().replace(day=1) - relativedelta(months=2)
        cadence = {
            "rule": "FREQ=MONTHLY;BYMONTHDAY=1;COUNT=3",
            "starts_on": first.isoformat(),
            "due_days": 42,
            "lead_days": 42,
            "grace_days": 1,
            "time_zone": "Europe/Berlin",
        }
        expectation = {
            "control_id": control,
            "title": "Access review",
            "description": "Every account of production, and whether it is still needed.",
            "kind": "record",
            "freshness_days": 120,
            "expiring_days": 14,
            "owner": "dana@example.com",
            "backup_owner": "kim@example.com",
            "record_schema_id": shape["id"],
            "cadence": cadence,
        }
        return cls(org, control, created(await org.manager.post("/v1/expectations", json=expectation)))

    async def months(self) -> list[dict[str, Any]]:
        """The three collections, once the clock has opened and looked at them."""
        ok(await self.org.manager.post("/v1/services/evidence/sweeps"))
        asked = {"expectation_id": self.expectation["id"], "sort": "due_at"}
        found: list[dict[str, Any]] = ok(await self.org.viewer.get("/v1/collections", params=asked))["items"]
        return sorted(found, key=lambda each: str(each["intended_on"]))

    def review_of(self, month: dict[str, Any], *accounts: str, **changes: Any) -> dict[str, Any]:
        """The record of a month, of the accounts that are still needed."""
        draft = {
            "title": f"Access review before {month['intended_on']}",
            "kind": "record",
            "record": {
                "reviewer": "dana@example.com",
                "accounts": [{"name": each, "still_needed": True} for each in accounts],
            },
            "source": "identity provider",
            "collected_at": datetime.now(UTC).isoformat(),
            "covers_from": month["covers_from"],
            "covers_until": month["covers_until"],
            "expectation_ids": [self.expectation["id"]],
        }
        return draft | changes

    async def hand_in(self, month: dict[str, Any], *accounts: str, **changes: Any) -> dict[str, Any]:
        return created(await self.org.owner.post("/v1/evidence", json=self.review_of(month, *accounts, **changes)))

    async def decide(self, item: dict[str, Any], decision: str, reason: str | None = None) -> dict[str, Any]:
        body = {"decision": decision, "reason": reason}
        return ok(await self.org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json=body))

    async def told(self, thing: dict[str, Any]) -> list[str]:
        asked = {"subject": thing["id"], "limit": 200}
        events = ok(await self.org.manager.get("/v1/services/evidence/trail", params=asked))["items"]
        return [str(each["type"]).removeprefix("evidence.") for each in events]


async def test_a_quarter_of_access_reviews(org: Organisation, stack: Stack, tmp_path: Path) -> None:
    quarter = await Quarter.begin(org)
    first, second, third = await quarter.months()
    assert [each["covers_until"] for each in (first, second)] == [second["covers_from"], third["covers_from"]]
    await seen_in_the_calendar(org, stack, [first, second, third])

    late = await a_late_month(quarter, first)
    corrected = await a_returned_month(quarter, second)
    held = await a_month_under_hold(quarter, third)

    months = await quarter.months()
    assert [each["status"] for each in months] == ["accepted"] * 3
    assert [each["late"] for each in months] == [True, False, False]
    found = ok(await org.viewer.get("/v1/evidence", params={"q": "access review", "status": "accepted"}))["items"]
    assert {each["id"] for each in found} == {late["id"], corrected["id"], held["id"]}
    await taken_away_by_the_auditor(quarter, first, third, [late, corrected, held], tmp_path)


async def seen_in_the_calendar(org: Organisation, stack: Stack, months: list[dict[str, Any]]) -> None:
    """The owner's calendar program, which has no token, shows the three due dates."""
    feed = created(await org.owner.post("/v1/calendar-feeds", json={"title": "Mine", "owner": "dana@example.com"}))
    async with httpx.AsyncClient(base_url=stack.url) as program:
        events = Calendar.from_ical((await program.get(feed["path"])).content).walk("VEVENT")
    assert [each.decoded("DTSTART") for each in events] == [datetime.fromisoformat(each["due_at"]) for each in months]


async def a_late_month(quarter: Quarter, month: dict[str, Any]) -> dict[str, Any]:
    """Nothing came in time, which is announced once; what comes then is late, and stays so when it is accepted."""
    assert month["overdue"]
    item = await quarter.hand_in(month, "kim", "lee")
    await quarter.decide(item, "accepted")
    await quarter.months()
    assert await quarter.told(month) == [
        f"collection.{what}" for what in ("opened", "overdue", "submitted", "accepted")
    ]
    return item


async def a_returned_month(quarter: Quarter, month: dict[str, Any]) -> dict[str, Any]:
    """It gets more time, and is sent back; the correction is accepted by somebody else, the first stays readable."""
    later = {"due_at": (datetime.now(UTC) + timedelta(days=10)).isoformat(), "reason": "The directory was migrated."}
    ok(await quarter.org.manager.post(f"/v1/collections/{month['id']}/overrides", json=later))
    shapeless = quarter.review_of(month, record={"reviewer": "dana@example.com", "accounts": [{"name": "kim"}]})
    refused = problem(await quarter.org.owner.post("/v1/evidence", json=shapeless), 422, "record-does-not-fit")
    assert refused["errors"][0]["pointer"] == "/record/accounts/0"
    item = await quarter.hand_in(month, "kim")
    await quarter.decide(item, "returned", "Contractors are missing.")
    correction = quarter.review_of(month, "kim", "a contractor") | {"reason": "Contractors added."}
    del correction["expectation_ids"]
    version = created(await quarter.org.owner.post(f"/v1/evidence/{item['id']}/versions", json=correction))
    own = {"decision": "accepted"}
    problem(await quarter.org.owner.post(f"/v1/evidence/{version['id']}/reviews", json=own), 403, "forbidden")
    await quarter.decide(version, "accepted")
    history = ok(await quarter.org.viewer.get(f"/v1/evidence/{version['id']}/reviews"))["items"]
    assert [(each["number"], each["decision"]) for each in history] == [(1, "returned"), (2, "accepted")]
    assert ok(await quarter.org.viewer.get(f"/v1/evidence/{item['id']}"))["record"]["accounts"] == [
        {"name": "kim", "still_needed": True}
    ]
    return version


async def a_month_under_hold(quarter: Quarter, month: dict[str, Any]) -> dict[str, Any]:
    """Counsel has it kept: whatever else is said of retention, the hold says who asked for it, and why."""
    item = await quarter.hand_in(month, "kim", "a contractor")
    await quarter.decide(item, "accepted")
    hold = {
        "matter": "Doe v. Example Corp., 26-cv-1017",
        "reason": "Counsel asked that this review be preserved.",
        "scope": {"item_ids": [item["id"]]},
    }
    placed = created(await quarter.org.admin.post("/v1/holds", json=hold))
    held = ok(await quarter.org.admin.get("/v1/holds", params={"item_id": item["id"]}))["items"]
    assert [each["id"] for each in held] == [placed["id"]]
    kept = ok(await quarter.org.viewer.get(f"/v1/evidence/{item['id']}/retention"))
    assert kept["holds"] == [placed["id"]]
    return item


async def taken_away_by_the_auditor(
    quarter: Quarter, first: dict[str, Any], last: dict[str, Any], items: list[dict[str, Any]], folder: Path
) -> None:
    """One archive of the quarter's accepted evidence, which verifies without Attest."""
    draft = {
        "title": "Access reviews of the quarter",
        "control_ids": [quarter.control],
        "covers_from": first["covers_from"],
        "covers_until": last["covers_until"],
    }
    bundle = created(await quarter.org.manager.post("/v1/bundles", json=draft))
    assert bundle["items"] == len(items)

    async def archive() -> bytes | None:
        answer = await quarter.org.manager.get(f"/v1/bundles/{bundle['id']}/archive")
        return answer.content if answer.status_code == 200 else None

    path = folder / "quarter.zip"
    path.write_bytes(await eventually(archive, every=0.1))
    async with httpx.AsyncClient(base_url=quarter.org.admin.base_url) as anyone:
        keys = ok(await anyone.get("/.well-known/attest-sealing-keys.json"))["keys"]
    verify_bundle(path, Trust(frozenset(each["kid"] for each in keys)))
