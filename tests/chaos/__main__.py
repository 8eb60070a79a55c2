"""Kills -9 the services, NATS and PostgreSQL at random points while stories are played and files uploaded, then counts.

The relay, the sealer and the consumer live in the service processes, so killing a service kills them in the middle of
a batch. The edge is left alone: a client that cannot reach it knows that nothing happened. Exit 0 only if nothing was
lost, nothing had its effect twice, every webhook was delivered, every candidate is there once, every trail verifies,
every accepted upload is readable with its hash, and the store has nothing else. At the end much evidence expires at one
moment, two workers may announce it, and the one that does is killed: each expiry must be announced once. The last line
is JSON.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from deploy.client import ClientCredentials, Organisation, client, done, eventually
from deploy.local.ports import Ports
from deploy.local.process import Process
from deploy.local.stack import Stack
from deploy.story import Story
from tests.bench.sweeps import sweep_under_fire
from tests.chaos.count import Count, count
from tests.chaos.retrying import Retrying
from tests.chaos.uploads import Uploads, orphans, unreadable
from tests.chaos.webhooks import deliveries, endpoint_at
from tests.integrations.receiver import ALLOWED_HOST, Receiver, receiving

KILLS = int(os.environ.get("ATTEST_CHAOS_KILLS", "24"))
PLAYERS = 4
UPLOADERS = 3
TARGETS = (
    *("evidence", "controls", "integrations", "evidence", "nats", "risk", "evidence", "audit"),
    *("postgres", "integrations", "evidence", "gateway"),
)
EXPIRING = 8000
SETTLE_SECONDS = 120.0


@dataclass(slots=True)
class Storm:
    """What is going on: the stories that were told to the end, and what was killed."""

    stack: Stack
    dice: random.Random
    stopping: bool = False
    told: list[Story] = field(default_factory=list)
    abandoned: int = 0
    killed: list[str] = field(default_factory=list)

    async def kill(self) -> None:
        """Kill part after part, each at a random moment, none before the one before it lives again."""
        for number in range(KILLS):
            await asyncio.sleep(self.dice.uniform(0.2, 2.0))
            target = TARGETS[number % len(TARGETS)]
            process = self.stack.processes[target]
            process.kill()
            await eventually(partial(self._lives, process), within=60, every=0.05)
            self.killed.append(target)
            print(f"killed {target} ({len(self.killed)} of {KILLS}); {len(self.told)} stories told")
        self.stopping = True

    @staticmethod
    async def _lives(process: Process) -> bool:
        return process.alive and await process.part.ready() is None

    async def play(self, org: Organisation, player: int) -> None:
        """Tell one story after the other: evidence that is accepted and runs out shortly, so that a control fails."""
        number = 0
        while not self.stopping:
            number += 1
            try:
                story = await Story.begin(org, f"AC-{player}-{number}")
                await story.provide()
            except RuntimeError as refused:
                # A change whose answer was lost is refused as stale when sent again; a client would look and go on.
                self.abandoned += 1
                print(f"abandoned: {refused}"[:200])
            else:
                self.told.append(story)


async def rage(stack: Stack, receiver: Receiver) -> dict[str, object]:
    """Play under kills, wait until all is settled, count and verify."""
    storm = Storm(stack, random.Random(os.environ.get("ATTEST_CHAOS_SEED")))
    named, retrying = stack.operator(), Retrying()
    operator = client(stack.url, named["ATTEST_OPERATOR_CLIENT_ID"], named["ATTEST_OPERATOR_SECRET"], retrying)
    org = await Organisation.found(operator, "Chaos", retrying)
    endpoint = await endpoint_at(org, receiver)
    uploads = Uploads(storm.dice)
    players = [asyncio.create_task(storm.play(org, player)) for player in range(PLAYERS)]
    players += [asyncio.create_task(uploads.send(org, lambda: storm.stopping)) for _ in range(UPLOADERS)]
    players.append(asyncio.create_task(uploads.sweep(org, lambda: storm.stopping)))
    await storm.kill()
    await asyncio.gather(*players)
    unread = await unreadable(org, uploads.accepted)
    orphaned = await orphans(stack, org)
    counted = await settle(stack)
    webhooks = await deliveries(stack, org, endpoint, receiver)
    wrong = await candidates_missing_or_twice(org, storm.told)
    verified = await trails_verify(org)
    swept = await sweep(stack, org)
    print(
        f"{len(uploads.accepted)} uploads accepted, {uploads.left} left unfinished, {uploads.sweeps} sweeps asked for"
    )
    print(f"{webhooks.wanted} webhooks wanted, {webhooks.lost} lost, {webhooks.again} came again")
    print(f"{len(storm.told)} stories told, {storm.abandoned} abandoned, {retrying.retries} requests again; {counted}")
    return {
        "kills": len(storm.killed),
        "lost": counted.lost + counted.unpublished + counted.dead + webhooks.lost,
        "duplicates": counted.duplicates + wrong + webhooks.twice,
        "trail": "verified" if verified and not counted.unsealed else "broken",
        "events": counted.announced,
        "stories": len(storm.told),
        "webhooks": webhooks.wanted,
        "webhooks_again": webhooks.again,
        "uploads": len(uploads.accepted),
        "uploads_lost": unread,
        "orphans": orphaned,
        "expiries_lost_or_twice": swept,
    }


async def sweep(stack: Stack, org: Organisation) -> int:
    """How many of many pieces of evidence that expired at one moment were not announced exactly once."""
    done(await org.admin.get("/v1/evidence"))
    assert isinstance(org.admin.auth, ClientCredentials)
    token, delay = org.admin.auth.token, timedelta(seconds=15)
    outcome = await sweep_under_fire(stack, UUID(org.id), token, items=EXPIRING, delay=delay)
    print(f"{outcome.announced} of {EXPIRING} expiries announced, of {outcome.different} pieces; {outcome.left} left")
    return abs(outcome.announced - EXPIRING) + EXPIRING - outcome.different + outcome.left


async def settle(stack: Stack) -> Count:
    """Wait until everything announced has had its effect, or for the longest time that may take."""
    result: Count | None = None

    async def settled() -> bool:
        nonlocal result
        result = await count(stack)
        return result.settled

    with suppress(TimeoutError):
        await eventually(settled, within=SETTLE_SECONDS, every=0.5)
    assert result is not None
    return result


async def candidates_missing_or_twice(org: Organisation, told: list[Story]) -> int:
    """How many stories do not have the one candidate that is the effect at the end of the chain.

    Evidence that a kill kept from being accepted until it had run out was never fresh: nothing fails by it, and its
    story has none.
    """
    wrong = never_fresh = 0
    for story in told:
        item = done(await org.viewer.get(f"/v1/evidence/{story.item}"))
        was_fresh = _at(item["reviewed_at"]) < min(_at(proof["valid_until"]) for proof in item["proofs"])
        never_fresh += not was_fresh
        query = {"control_id": story.control}
        found = done(await org.viewer.get("/v1/candidates", params=query))["items"]
        if len(found) != was_fresh:
            print(f"story {story.control}: {len(found)} candidates: {found}"[:500])
            wrong += 1
    print(f"{never_fresh} stories whose evidence had run out before it was accepted")
    return wrong


def _at(instant: str) -> datetime:
    return datetime.fromisoformat(instant)


async def trails_verify(org: Organisation) -> bool:
    """Whether the chain of every service holds."""
    answers = [
        done(await org.admin.get(f"/v1/services/{service}/trail/verification"))
        for service in ("gateway", "controls", "evidence", "risk", "audit", "integrations")
    ]
    return all(answer["status"] != "broken" and answer["sealed"] for answer in answers)


async def main() -> int:
    os.environ.setdefault("ATTEST_OUTBOUND_ALLOW", f"{ALLOWED_HOST}/32")
    with tempfile.TemporaryDirectory(prefix="attest-chaos-") as folder:
        async with (
            receiving() as receiver,
            Stack(state=Path(folder) / "state", ports=Ports.free(), patience=None) as stack,
        ):
            outcome = await rage(stack, receiver)
    print(json.dumps(outcome))
    wrong = [outcome[name] for name in ("lost", "duplicates", "uploads_lost", "orphans", "expiries_lost_or_twice")]
    return 0 if not any(wrong) and outcome["trail"] == "verified" else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
