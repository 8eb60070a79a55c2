"""An examination as both parties conduct it through the gateway: each step by a person who does it in practice.

The demo and the journeys use it. The client's compliance lead is the organisation's `manager`; control owners answer
requests; of the firm the staff tests, the manager reviews and concludes, the partner decides and signs.
"""

import asyncio
import hashlib
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Self, TypeVar

import httpx

from deploy.client import Organisation, done, eventually
from deploy.firm import Firm

T = TypeVar("T")
SIGNATORY = {"name": "Dana Duarte", "position": "Chief Executive Officer"}
OFFICE = {"city": "Denver", "state": "Colorado"}
_AT_ONCE = 5
_A_JOB = 180.0  # seconds; a machine that does much else takes its time
_ANY = {"If-Match": "*"}
_JOBS = "/v1/services/audit/jobs"
_DOCUMENTS = {
    "management_assertion": "Assertion of management",
    "representation_letter": "Representation letter",
    "subsequent_events_inquiry": "Inquiry into subsequent events",
}


async def side_by_side(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of all of it in order, five at a time."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def in_turn(one: Coroutine[Any, Any, T]) -> T:
        async with free:
            return await one

    return await asyncio.gather(*map(in_turn, work))


def today() -> str:
    """The UTC day on which the report is signed."""
    return datetime.now(UTC).date().isoformat()


@dataclass(slots=True)
class Examination:
    """An accepted engagement, and the people of the firm, each with a token of their own for it."""

    org: Organisation
    firm: Firm
    id: str
    people: dict[str, httpx.AsyncClient]

    @classmethod
    async def accepted(
        cls, org: Organisation, firm: Firm, draft: dict[str, Any], controls: list[str], *people: str
    ) -> Self:
        """Propose an engagement with these controls in its scope; the firm assigns its people, and accepts it."""
        proposed = await org.manager.post("/v1/engagements", json=draft)
        engagement = str(done(proposed)["id"])
        scope = {"control_ids": controls}
        headers = {"If-Match": proposed.headers["ETag"]}
        done(await org.manager.put(f"/v1/engagements/{engagement}/scope", json=scope, headers=headers))
        done(await org.manager.post(f"/v1/engagements/{engagement}/proposals", json={"firm_id": firm.id}))
        named = people or ("partner", "manager", "staff")
        await firm.accept(org.manager, engagement, *named)
        return cls(org, firm, engagement, {name: firm.acting(name, engagement) for name in named})

    def __getattr__(self, name: str) -> httpx.AsyncClient:
        """The people of the firm by name: `examination.partner`."""
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def path(self) -> str:
        return f"/v1/engagements/{self.id}"

    async def close(self) -> None:
        for acting in self.people.values():
            await acting.aclose()

    async def enter(self, *phases: str) -> None:
        """Move the engagement on, as the partner."""
        for phase in phases:
            done(await self.partner.post(f"{self.path}/phases", json={"phase": phase}))

    async def describe(self, words: dict[str, Any]) -> dict[str, Any]:
        """Draft the system description, and have another person of management approve it as it was read."""
        description = done(await self.org.manager.post(f"{self.path}/system-descriptions", json=words))

        async def lacks_nothing_else() -> bool:
            lacks = done(await self.org.viewer.get(f"{self.path}/description-lacks"))["lacks"]
            return [each["code"] for each in lacks] == ["not_approved"]

        await eventually(lacks_nothing_else)
        path = f"/v1/system-descriptions/{description['id']}"
        read = done(await self.org.viewer.get(f"{path}/document"))
        return done(await self.org.second_manager.post(f"{path}/approvals", json={"sha256": read["sha256"]}))

    async def definitions(self, count: int) -> dict[str, dict[str, Any]]:
        """The definitions of the controls in scope, by the codes of the controls, once all are known."""

        async def known() -> dict[str, dict[str, Any]] | None:
            answer = await self.staff.get(f"{self.path}/control-definitions", params={"limit": "200"})
            found = {each["control_code"]: each for each in done(answer)["items"]}
            return found if len(found) == count else None

        return await eventually(known)

    async def paper(self, definition: str, title: str, procedures: list[dict[str, Any]], **work: Any) -> dict[str, Any]:
        """A paper that staff plans and works on."""
        draft = {"definition_id": definition, "title": title, "procedures": procedures}
        planned = done(await self.staff.post(f"{self.path}/papers", json=draft))
        return done(await self.staff.patch(f"/v1/papers/{planned['id']}", json=work, headers=_ANY))

    async def sign(self, paper: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
        """Record the result of a paper and sign for it, as staff; the manager reviews it."""
        path = f"/v1/papers/{paper['id']}"
        done(await self.staff.post(f"{path}/results", json=result))
        done(await self.staff.post(f"{path}/preparations"))
        return done(await self.manager.post(f"{path}/reviews"))

    async def to_conclude(self, about: str) -> list[dict[str, Any]]:
        """What of one kind has to be concluded."""
        judgement = done(await self.manager.get(f"{self.path}/judgement"))
        return [each for each in judgement["items"] if each["about"] == about]

    async def conclude(self, about: str, ref: str, verdict: str, reason: str, **more: Any) -> dict[str, Any]:
        """A conclusion of the manager."""
        draft = {"about": about, "ref": ref, "verdict": verdict, "reason": reason, **more}
        return done(await self.manager.post(f"{self.path}/conclusions", json=draft))

    async def decide(self, subjects: dict[str, str], reason: str) -> dict[str, Any]:
        """The opinion, which the partner decides."""
        decision = {"subjects": subjects, "reason": reason, **OFFICE}
        return done(await self.partner.post(f"{self.path}/opinions", json=decision))

    async def document(self, *, signed_on: str | None = None, exceptions: Iterable[str] = ()) -> None:
        """Record what both parties sign before the report: assertion, representations, and the firm's inquiry."""
        for kind, title in _DOCUMENTS.items():
            draft = {"kind": kind, "title": title, "dated_on": signed_on or today(), "signatories": [SIGNATORY]}
            if kind == "management_assertion":
                draft["exceptions"] = [*exceptions]
            acting = self.partner if kind == "subsequent_events_inquiry" else self.org.manager
            done(await acting.post(f"{self.path}/documents", json=draft))

    async def draft(self, words: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A report that the manager drafts and shows to management for review."""
        body = {"examination": {"report_date": today(), **words}, **more}
        report = done(await self.manager.post(f"{self.path}/audit-reports", json=body))
        return done(await self.manager.post(f"/v1/audit-reports/{report['id']}/management-reviews"))

    async def issue(self, report: dict[str, Any]) -> dict[str, Any]:
        """Approve the report as it was read, render it, and issue the PDF, as the partner."""
        path = f"/v1/audit-reports/{report['id']}"
        done(await self.partner.post(f"{path}/approvals", json={"content_sha256": report["content_sha256"]}))
        await self.finished(self.manager, await self.manager.post(f"{path}/renderings"))
        sha256 = hashlib.sha256(await self.downloaded(self.partner, report)).hexdigest()
        return done(await self.partner.post(f"{path}/issuances", json={"sha256": sha256}))

    async def downloaded(self, acting: httpx.AsyncClient, report: dict[str, Any], form: str = "pdf") -> bytes:
        """A form of the report, downloaded on record."""
        asked = {"form": form, "for_party": "Ourselves", "purpose": "To read it.", "agrees_to_restricted_use": True}
        download = done(await acting.post(f"/v1/audit-reports/{report['id']}/downloads", json=asked))
        answer = await acting.get(f"/v1/report-downloads/{download['id']}/file")
        if answer.is_error:
            done(answer)
        return answer.content

    async def finished(self, acting: httpx.AsyncClient, started: httpx.Response) -> dict[str, Any]:
        """What a job made, once it has finished."""
        path = f"{_JOBS}/{done(started)['id']}"

        async def ended() -> dict[str, Any] | None:
            job = done(await acting.get(path))
            return job if job["finished_at"] else None

        job = await eventually(ended, within=_A_JOB)
        if job["state"] != "succeeded":
            raise RuntimeError(f"The job did not succeed: {job['problem']}")
        return done(await acting.get(job["location"])) if job.get("location") else job


def days_before(day: str, count: int) -> str:
    """The day that lies so many days before another."""
    return date.fromordinal(date.fromisoformat(day).toordinal() - count).isoformat()
