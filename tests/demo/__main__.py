"""Plays the story through the gateway in a fresh organisation, then the chain again and again for its percentiles.

It plays on the installation that ATTEST_URL, ATTEST_OPERATOR_CLIENT_ID and ATTEST_OPERATOR_SECRET name, or else on the
stack that `make run` has started, or else on one of its own in a throwaway folder, and says on which. Exit 0 only if
every step held; the last line is JSON.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx

from attest.__main__ import verified
from attest.findings import Broken, Holds, Trust
from deploy.client import Organisation, client, done, eventually
from deploy.firm import Firm
from deploy.local.ports import Ports
from deploy.local.running import Running
from deploy.local.stack import Stack
from deploy.story import Story
from tests.demo.desk import Desk, desk
from tests.demo.outlet import Outlet, outlet
from tests.demo.screen import Screen, screen
from tests.integrations.receiver import ALLOWED_HOST
from tests.journeys import soc2_type1

T = TypeVar("T")
REPETITIONS = 100
SHEET = Path(__file__).parents[2] / "docs" / "examples" / "controls-as-people-have-them.csv"
SHEET_ROWS = 40
SERVICES = ("gateway", "controls", "evidence", "risk", "audit", "integrations")


@dataclass(slots=True)
class Narrator:
    """Prints each step with what it took, and keeps the list for the last line."""

    steps: list[dict[str, Any]] = field(default_factory=list)

    async def tell(self, what: str, step: Awaitable[T]) -> T:
        began = time.perf_counter()
        answer = await step
        took = round((time.perf_counter() - began) * 1000, 1)
        self.steps.append({"step": what, "ms": took})
        print(f"{took:9.1f} ms  {what}")
        return answer


@asynccontextmanager
async def installation() -> AsyncIterator[tuple[str, str, str]]:
    """The address and the operator's credentials of a running installation, or of one started for the demo."""
    named = {name: os.environ.get(f"ATTEST_{name}", "") for name in ("URL", "OPERATOR_CLIENT_ID", "OPERATOR_SECRET")}
    if not all(named.values()) and (found := Running.find(Path(os.environ.get("ATTEST_STATE", ".attest")))):
        named = {name.removeprefix("ATTEST_"): value for name, value in found.operator().items()}
    if all(named.values()):
        print(f"On the Attest that runs at {named['URL']}, in an organisation of its own, which stays there.\n")
        yield named["URL"], named["OPERATOR_CLIENT_ID"], named["OPERATOR_SECRET"]
        return
    print("No Attest runs here: on one of its own, in a folder that is removed at the end.\n")
    with tempfile.TemporaryDirectory(prefix="attest-demo-") as folder:
        # Where the demo's receiver of webhooks listens; any other address inside a network is refused.
        os.environ.setdefault("ATTEST_OUTBOUND_ALLOW", f"{ALLOWED_HOST}/32")
        async with Stack(state=Path(folder) / "state", ports=Ports.free()) as stack:
            operator = stack.operator()
            yield stack.url, operator["ATTEST_OPERATOR_CLIENT_ID"], operator["ATTEST_OPERATOR_SECRET"]


async def chain(story: Story, out: Outlet | None) -> tuple[float, float | None]:
    """From healthy to the auditor's candidate and to its webhook, once: milliseconds from the sweep to each."""
    seen = await _candidates(story)
    await story.provide()
    await story.until_healthy()
    await story.until_within_appetite(within=True)
    await story.until_expired()
    began = time.perf_counter()
    # The sweep goes on with what else is due in the service, and answers when it is through with all of it.
    sweeping = asyncio.create_task(story.sweep())
    delivering = asyncio.create_task(_delivered(out, story, began)) if out else None
    await story.until_candidate("raised", among=seen + 1)
    taken = (time.perf_counter() - began) * 1000
    await sweeping
    return taken, await delivering if delivering else None


async def _delivered(out: Outlet, story: Story, began: float) -> float:
    await out.until_delivered_of(story.control)
    return (time.perf_counter() - began) * 1000


async def _candidates(story: Story) -> int:
    query: dict[str, str | int] = {"control_id": story.control, "limit": 200}
    return len(done(await story.org.viewer.get("/v1/candidates", params=query))["items"])


async def tell_story(narrator: Narrator, org: Organisation, out: Outlet | None, seen: Screen) -> Story:
    """The story once, each step with its time."""
    tell = narrator.tell
    story = await tell("A control in operation, what proves it, its risk, a SOC 2 Type 2 engagement", Story.begin(org))
    in_a_moment = datetime.now(UTC) + timedelta(seconds=1)
    await tell("A file is uploaded and submitted as evidence", story.submit(covers_until=in_a_moment))
    await tell("Another person accepts it", story.accept())
    await tell("The control is healthy", story.until_healthy())
    await tell("The risk is within appetite", story.until_within_appetite(within=True))
    await tell("The period that the evidence covers runs out", story.until_expired())
    await tell("The sweep announces that the evidence has expired", story.sweep())
    await tell("The control is failing", story.until_failing())
    await tell("The risk is above appetite", story.until_within_appetite(within=False))
    raised = await tell("The engagement has a candidate that names the risk", story.until_candidate("raised"))
    await tell("The event stream has told of it, once", seen.until_told(raised["id"]))
    await tell("It is in the inbox of who may respond to it", seen.until_in_inbox(raised["id"]))
    if out is not None:
        await tell(
            "Its webhook has come to a receiver, which verifies the signature", out.until_delivered(raised["id"])
        )
    in_a_quarter = datetime.now(UTC) + timedelta(days=90)
    await tell("The evidence is renewed and accepted", story.provide(covers_until=in_a_quarter))
    await tell("The control has recovered", story.until_healthy())
    await tell("The risk is back within appetite", story.until_within_appetite(within=True))
    kept = await tell("The candidate stays on the record, as remediated", story.until_candidate("remediated"))
    if kept["id"] != raised["id"]:
        raise RuntimeError("The remediated candidate is not the one that was raised.")
    return story


async def track(narrator: Narrator, tickets: Desk, story: Story) -> None:
    """An issue gets its ticket by rule; closing that there closes nothing here."""
    issue = await narrator.tell("An issue is opened about it", tickets.open_issue(story.control))
    ticket = await narrator.tell(
        "Its ticket is in the system outside, opened by rule, once", tickets.until_opened(issue)
    )
    closing = tickets.close_there(issue, ticket)
    await narrator.tell("The ticket is closed there: the issue stays open, and asks for the check", closing)


async def examine(narrator: Narrator, story: Story, operator: httpx.AsyncClient) -> None:
    """What a firm does with it: it accepts the engagement, sees what is in scope, and decides on the candidate."""
    tell, engagement = narrator.tell, story.engagement
    firm = await tell("An audit firm, whose licences the operator has verified", Firm.found(operator))
    proposal = story.org.manager.post(f"/v1/engagements/{engagement}/proposals", json={"firm_id": firm.id})
    done(await tell("The client proposes the engagement to it", proposal))
    await tell("Its team confirms independence, both sign, it accepts", firm.accept(story.org.manager, engagement))
    async with firm.acting("staff", engagement) as staff:
        (candidate,) = done(await staff.get("/v1/candidates"))["items"]
        controls = [each["id"] for each in done(await staff.get("/v1/controls"))["items"]]
        if controls != [story.control]:
            raise RuntimeError(f"The team sees {controls}, and {story.control} is in scope.")
        dismissal = {"reason": "Renewed a moment later; nothing was missed."}
        decision = staff.post(f"/v1/candidates/{candidate['id']}/dismissals", json=dismissal)
        done(await tell("Its staff decides on the candidate", decision))
    await firm.close()


async def report(narrator: Narrator, operator: httpx.AsyncClient) -> None:
    """A firm examines another company, and issues its report, which is verified with nothing but the two files."""
    played = await soc2_type1.play(operator, narrator.tell)
    (issued,) = played.reports.values()
    viewer = played.examination.org.viewer
    pdf = await played.examination.downloaded(viewer, issued)
    signature = done(await viewer.get(f"/v1/audit-reports/{issued['id']}/signature"))
    keys = done(await operator.get("/.well-known/attest-report-keys.json"))["keys"]
    trust = Trust(frozenset(each["kid"] for each in keys))  # who reads a report asks the installation that signed it
    with tempfile.TemporaryDirectory(prefix="attest-report-") as folder:
        file = Path(folder) / "report.pdf"
        file.write_bytes(pdf)
        file.with_name("report.pdf.sig.json").write_text(json.dumps(signature))
        holds = await narrator.tell("`attest verify` finds that the PDF is as it was signed", _verified(file, trust))
    print("\n".join(f"{'':14}{line}" for line in holds.lines))
    await played.close()


async def _verified(file: Path, trust: Trust) -> Holds:
    return await asyncio.to_thread(verified, file, trust)


async def import_sheet(org: Organisation) -> None:
    """Import a sheet of controls as people have it, and require that every row comes in."""
    headers = {"Content-Type": "text/csv"}
    imported = done(await org.manager.post("/v1/control-imports", content=SHEET.read_bytes(), headers=headers))
    if imported["created"] != SHEET_ROWS:
        raise RuntimeError(f"The sheet has {SHEET_ROWS} controls, and {imported['created']} came in.")


async def verify_trails(org: Organisation) -> None:
    """Wait until every service has sealed its trail, and require that each verifies."""
    for service in SERVICES:

        async def sealed(service: str = service) -> dict[str, Any] | None:
            result = done(await org.admin.get(f"/v1/services/{service}/trail/verification"))
            return result if not result["unsealed"] else None

        result = await eventually(sealed)
        if result["status"] == "broken":
            raise RuntimeError(f"The trail of {service} does not verify: {result}")


async def play() -> dict[str, Any]:
    """Everything, and what the last line says."""
    narrator = Narrator()
    async with installation() as (url, client_id, secret), client(url, client_id, secret) as operator:
        org = await narrator.tell("A fresh organisation with its team", Organisation.found(operator, "Demo story"))
        async with outlet(org) as out:
            if out is None:
                print(f"{'':14}This installation sends no webhooks to {ALLOWED_HOST}: ATTEST_OUTBOUND_ALLOW")
            async with screen(org) as seen:
                story = await tell_story(narrator, org, out, seen)
            async with desk(org) as tickets:
                if tickets is not None:
                    await track(narrator, tickets, story)
            await examine(narrator, story, operator)
            await narrator.tell(f"A sheet of {SHEET_ROWS} controls comes in as people have it", import_sheet(org))
            await narrator.tell("The trail of every service verifies", verify_trails(org))
            await report(narrator, operator)
            figures = await repeat(org, out)
        await verify_trails(org)
        await org.close()
    return {"ok": True, **figures, "steps": narrator.steps}


async def repeat(org: Organisation, out: Outlet | None) -> dict[str, Any]:
    """The chain again and again; its percentiles, and how many webhooks came, each once."""
    print(f"\nThe chain again, {REPETITIONS} times, each on a control of its own:")
    candidates, webhooks = list[float](), list[float]()
    for number in range(REPETITIONS):
        candidate, webhook = await chain(await Story.begin(org, f"AC-{number + 10}"), out)
        candidates.append(candidate)
        webhooks += [webhook] if webhook is not None else []
    figures: dict[str, Any] = {"chain_ms": _percentiles("candidate", candidates)}
    if out is not None:
        figures |= {"webhook_ms": _percentiles("webhook received", webhooks), "webhooks": out.require_each_once()}
    return figures


def _percentiles(what: str, taken: list[float]) -> dict[str, float]:
    percentiles = statistics.quantiles(taken, n=100, method="inclusive")
    found = {"p50": round(percentiles[49], 1), "p99": round(percentiles[98], 1)}
    print(f"expired evidence → {what}: p50 {found['p50']} ms, p99 {found['p99']} ms")
    return found


def main() -> int:
    try:
        outcome = asyncio.run(play())
    except (Broken, RuntimeError, TimeoutError, OSError) as error:
        outcome = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(outcome))
    return 0 if outcome["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
