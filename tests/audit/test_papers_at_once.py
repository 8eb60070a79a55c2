"""Several people write papers of one engagement at once; who moves it on waits for them."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest

from deploy.firm import Firm
from services.audit.papers.papers.models import Paper
from shared.data.records import locked, several_at_a_time
from shared.data.sessions import Database
from tests.audit.papered import Papers, papers_of
from tests.support import Organisation, ok, problem


@pytest.fixture
async def papers(org: Organisation, firm: Firm, database: Database) -> AsyncIterator[Papers]:
    async with papers_of(org, firm, database, controls=7) as found:
        yield found


async def test_who_writes_one_paper_keeps_nobody_from_the_others(papers: Papers, database: Database) -> None:
    held, *others = [await papers.planned(number) for number in range(7)]
    async with database.transaction(uuid.UUID(papers.team.firm.id)) as session:
        await several_at_a_time(session, uuid.UUID(papers.team.engagement))
        await locked(session, Paper, uuid.UUID(held["id"]), noun="paper")
        written = await asyncio.gather(*(papers.revised(each, work="Seen.") for each in others))
        assert {each["work"] for each in written} == {"Seen."}
        same = asyncio.create_task(papers.revised(held, work="Seen."))
        move = {"phase": "planning", "reason": "The plan is drawn up anew."}
        moving = asyncio.create_task(papers.partner.post(f"{papers.path}/phases", json=move))
        await asyncio.sleep(0.3)
        assert not same.done()
        assert not moving.done(), "nobody writes a paper in another phase than was looked at"
    assert (await same)["work"] == "Seen."
    ok(await moving)


async def test_several_edits_at_once_reopen_what_relies_on_them_once(papers: Papers) -> None:
    """Two papers of general IT controls, and two of automated controls that rely on both."""
    relied_on = [await papers.reviewed(await papers.done(number)) for number in (0, 1)]
    extent = {"kind": "automated", "reason": "One configuration.", "relies_on": [each["id"] for each in relied_on]}
    relying = [await papers.reviewed(await papers.done(number, extent=extent)) for number in (2, 3)]
    await asyncio.gather(*(papers.revised(each, work="Seen again.") for each in relied_on))
    for paper in [*relied_on, *relying]:
        read = ok(await papers.staff.get(f"/v1/papers/{paper['id']}"))
        assert (read["status"], read["edition"]) == ("in_progress", 2)
    problem(await papers.manager.post(f"/v1/papers/{relying[0]['id']}/reviews"), 409, "conflict")
