"""`make bench`: starts Attest with empty state, measures everything in one run, prints JSON lines.

The run fails when something breaks, or when a list or a get is slower than 0.4 of its bare select. Other missed targets
are results.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from uuid import UUID

from deploy.client import ClientCredentials, Organisation, client, done
from deploy.contracts import SERVICES
from deploy.local.ports import Ports
from deploy.local.services import NAMES
from deploy.local.stack import Stack
from deploy.seed import load
from services.controls.app import SERVICE as CONTROLS
from tests.bench import (
    bundles,
    costs,
    events,
    hooks,
    losses,
    populations,
    programmes,
    register,
    reports,
    requests,
    results,
    search,
    streams,
    sweeps,
    throughput,
    tokens,
    uploads,
    webhooks,
)
from tests.bench.machine import proportional_mib, resident_mib, until_at_rest
from tests.bench.multiply import fill_directory, multiply, one_of_each
from tests.bench.report import Limit, Report
from tests.bench.seed import seed
from tests.bench.throughput import EVERY_READ
from tests.integrations.receiver import ALLOWED_HOST

# The edge limits what one client may send; here one client is everybody.
_UNLIMITED = {"ATTEST_RATE_AVERAGE": "1000000", "ATTEST_RATE_BURST": "1000000"}
_RECEIVERS = {"ATTEST_OUTBOUND_ALLOW": f"{ALLOWED_HOST}/32"}
_AT_REST = Limit(most=110)


async def bench(state: Path) -> list[str]:
    """Measure a stack of its own, from quiet to loud. Returns the required targets that were missed."""
    report = Report()
    async with Stack(state=state, ports=Ports.free()) as stack:
        services = [stack.processes[name].pid for name in NAMES]
        # Not a target but a caveat: what else this machine had to do in the last minute.
        report.tell("load average before", os.getloadavg()[0], "processes")
        await asyncio.sleep(2)
        await until_at_rest(services)
        for name in NAMES:
            pid = stack.processes[name].pid
            report.tell(f"memory at rest, {name}", proportional_mib(pid), "MiB", limit=_AT_REST)
            report.tell(f"resident at rest, {name}, with what all services share", resident_mib(pid), "MiB")
        named = stack.operator()
        async with client(stack.url, named["ATTEST_OPERATOR_CLIENT_ID"], named["ATTEST_OPERATOR_SECRET"]) as operator:
            org = await Organisation.found(operator, "Bench")
        ids = await seed(stack, UUID(org.id))
        await events.measure_hop(stack, report, org)
        await events.measure_chain(stack, report, org)
        await until_at_rest(services)
        token = await _token(org)
        await throughput.measure(stack, report, UUID(org.id), token, ids)
        await throughput.measure_reads(stack, report, CONTROLS, UUID(org.id), token)
        await _measure_other_reads(stack, report)
        await costs.measure(stack, report, org)
        await costs.measure_what_stays(stack, report)
        await programmes.measure(stack, report, org)
        await results.measure(stack, report, org, token)
        await tokens.measure(stack, report, token)
        await events.measure_relay(stack, report)
        await search.measure(stack, report, UUID(org.id), token)
        await streams.measure(stack, report, org)
        await sweeps.measure(stack, report, UUID(org.id), token)
        await events.measure_hop_behind_a_sweep(stack, report, org)
        await uploads.measure(stack, report, org)
        await bundles.measure(stack, report, org, state)
        await populations.measure(stack, report)
        await losses.measure(report, org)
        await requests.measure(stack, report)
        await reports.measure(stack, report)
        await register.measure(stack, report)
        await webhooks.measure(stack, report, org)
        await hooks.measure(stack, report, org)
        await org.close()
    return report.summarise()


async def _measure_other_reads(stack: Stack, report: Report) -> None:
    """Every read of the other services, in an organisation with thousands of each thing."""
    named = stack.operator()
    full = await load(stack.url, named["ATTEST_OPERATOR_CLIENT_ID"], named["ATTEST_OPERATOR_SECRET"])
    await one_of_each(full)
    # What still follows from it would come between the ids that are read and the rows that are copied.
    await until_at_rest([process.pid for process in stack.processes.values()])
    await multiply(stack, UUID(full.id))
    await fill_directory(stack)
    token = await _token(full)
    for service in SERVICES:
        if service is not CONTROLS:
            await throughput.measure_reads(stack, report, service, UUID(full.id), token)
    await full.close()


async def _token(org: Organisation) -> str:
    """A fresh access token of the organisation's admin."""
    credentials = ClientCredentials(str(org.admin.base_url).rstrip("/"), *org.credentials.values())
    org.admin.auth = credentials
    done(await org.admin.get("/v1/controls"))
    return credentials.token


if __name__ == "__main__":
    os.environ.update(_UNLIMITED | _RECEIVERS)
    with tempfile.TemporaryDirectory(prefix="attest-bench-") as folder:
        failed = asyncio.run(bench(Path(folder)))
    if failed:
        sys.exit(f"Slower than {EVERY_READ.least} of the bare select: {', '.join(failed)}")
