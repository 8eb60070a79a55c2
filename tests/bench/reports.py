"""A report of a hundred controls: how long its PDF takes, and all its forms, as the job that renders it."""

import json
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from deploy.client import client, done, eventually
from deploy.examination import Examination
from deploy.firm import Firm
from deploy.local.stack import Stack
from tests.bench.report import Limit, Report
from tests.bench.seed import UNLIMITED, unfenced
from tests.journeys import clients, soc2_type1
from tests.journeys.companies import Company
from tests.journeys.played import words_of

_CONTROLS = 100
_PDF, _ALL = Limit(most=5), Limit(most=10)
_PDF_IS_DONE = 0.6  # of the job, which goes on with the other forms
_LOOK_SECONDS = 0.02
_EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "soc2-type2.json"


async def measure(stack: Stack, report: Report) -> None:
    """Render the content of the example, a Type 2 with tests and results, with as many controls."""
    named = stack.operator()
    async with client(stack.url, named["ATTEST_OPERATOR_CLIENT_ID"], named["ATTEST_OPERATOR_SECRET"]) as operator:
        company = Company.named("example-metering")
        org, firm = await clients.founded(operator, company), await Firm.found(operator, "Reports & Partners LLP")
        examination = await soc2_type1.begun(org, firm, company)
    finding = await soc2_type1.tested(examination, company)
    await soc2_type1.judged(examination, finding)
    await examination.document(exceptions=[soc2_type1.EXCEPTION])
    draft = await examination.draft(words_of(company) | {"layout": "matrix"})
    connection = await asyncpg.connect(unfenced(stack, "audit"), server_settings=UNLIMITED)
    large = "update audit_reports set content = $2 where id = $1"
    await connection.execute(large, UUID(draft["id"]), json.dumps(_content()))
    await connection.close()
    await _render(examination, draft["id"])  # the first one starts a child process
    pdf, whole = await _render(examination, draft["id"])
    read = json.loads(await examination.downloaded(examination.manager, draft, "json"))
    if len(read["controls"]) != _CONTROLS:
        raise RuntimeError(f"the report that was rendered has {len(read['controls'])} controls")
    report.tell(f"report of {_CONTROLS} controls, PDF", pdf, "s", limit=_PDF)
    report.tell(f"report of {_CONTROLS} controls, PDF, DOCX, HTML and JSON", whole, "s", limit=_ALL)
    await examination.close()
    await firm.close()
    await org.close()


async def _render(examination: Examination, report: str) -> tuple[float, float]:
    """The seconds until the PDF is there, and until all forms are kept."""
    began = time.perf_counter()
    started = await examination.manager.post(f"/v1/audit-reports/{report}/renderings")
    done(started)
    taken: list[float] = []

    async def finished() -> dict[str, Any] | None:
        job = done(await examination.manager.get(started.headers["Location"]))
        if job["progress"] >= _PDF_IS_DONE and not taken:
            taken.append(time.perf_counter() - began)
        return job if job["finished_at"] else None

    job = await eventually(finished, within=60, every=_LOOK_SECONDS)
    if job["state"] != "succeeded":
        raise RuntimeError(f"the job has {job['state']}: {job['problem']}")
    return taken[0], time.perf_counter() - began


def _content() -> dict[str, Any]:
    """What the example says, with its controls again and again under other codes."""
    content: dict[str, Any] = json.loads(_EXAMPLE.read_text("utf-8"))
    again = islice(cycle(content["controls"]), _CONTROLS)
    content["controls"] = [control | {"code": f"C-{number:03}"} for number, control in enumerate(again, 1)]
    content["responses"] = []
    return content
