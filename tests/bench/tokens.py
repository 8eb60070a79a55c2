"""What verifying a token that was seen before costs, which is every request of a client but its first."""

import time

import httpx

from deploy.local.stack import Stack
from shared.identity.tokens import TokenVerifier
from shared.settings import Settings
from tests.bench.report import Limit, Report

_TIMES = 20_000
_PREFIX = "ATTEST_"


async def measure(stack: Stack, report: Report, token: str) -> None:
    """Verify in this process, with the verifier, settings and keys that the service has."""
    named = {name.removeprefix(_PREFIX).lower(): value for name, value in stack.environment("controls").items()}
    async with httpx.AsyncClient() as http:
        verifier = TokenVerifier(Settings.model_validate(named), http)
        verifier.withdraw({})
        await verifier.verify(token)
        began = time.process_time()
        for _ in range(_TIMES):
            await verifier.verify(token)
        cost = (time.process_time() - began) / _TIMES * 1000
    limit = Limit(most=0.05)
    report.tell("verify token", cost, "ms", against="get one, service, processor", limit=limit)
