"""Health for whoever runs the process: alive, and ready with what is missing named. Not reachable through the edge."""

import asyncio
from collections.abc import Callable

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from shared.http.problems import answer
from shared.platform import Platform
from shared.problems import Fault, Unavailable
from shared.telemetry import ready

_PROBE_SECONDS = 2.0
Missing = Callable[[], str | None]


class NotReady(Unavailable):
    """The service is not ready to answer requests."""


def install(app: FastAPI, platform: Platform, checks: list[Missing]) -> None:
    """Add `/livez` and `/readyz`; `checks` name what else is missing."""

    async def livez() -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(request: Request) -> Response:
        missing = [name for check in checks if (name := check())]
        if not platform.verifier.ready:
            missing.append("the gateway's signing keys, or what it withdrew")
        if not await _database_answers(platform):
            missing.append("the database")
        ready.set(0 if missing else 1)
        if not missing:
            return JSONResponse({"status": "ready"})
        detail = f"Missing: {', '.join(missing)}."
        faults = [Fault("", name) for name in missing]
        return answer(request, NotReady(detail, faults=faults, headers={"Retry-After": "1"}))

    app.add_api_route("/livez", livez, include_in_schema=False)
    app.add_api_route("/readyz", readyz, include_in_schema=False)


async def is_ready(http: httpx.AsyncClient, address: str) -> bool:
    """Whether the service at this address of our own says that it is ready."""
    try:
        answer = await http.get(f"{address.rstrip('/')}/readyz", timeout=_PROBE_SECONDS)
    except httpx.HTTPError:
        return False
    return answer.is_success


async def _database_answers(platform: Platform) -> bool:
    try:
        async with asyncio.timeout(2):
            return bool(await platform.database.reads.fetchval("select 1"))
    except Exception:  # noqa: BLE001 - whatever it is, the answer is that it does not answer
        return False
