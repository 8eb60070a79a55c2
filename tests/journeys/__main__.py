"""Plays the journeys of examinations, and writes their reports into `docs/examples`: `make examples`.

It plays on the installation that ATTEST_URL, ATTEST_OPERATOR_CLIENT_ID and ATTEST_OPERATOR_SECRET name, or else on the
stack that `make run` has started, or else on one of its own in a throwaway folder.
"""

import asyncio
import time

from deploy.client import client
from tests.demo.__main__ import installation
from tests.journeys import examples, soc2_type1, soc2_type2

JOURNEYS = (soc2_type2.play, soc2_type1.play)


async def main() -> None:
    async with installation() as (url, client_id, secret), client(url, client_id, secret) as operator:
        for play in JOURNEYS:
            began = time.monotonic()
            played = await play(operator)
            examples.write(await examples.contents_of(played))
            print(f"{time.monotonic() - began:6.1f} s  {', '.join(played.reports)}")
            await played.close()


if __name__ == "__main__":
    asyncio.run(main())
