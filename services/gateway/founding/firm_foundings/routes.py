import asyncio
import time
from weakref import WeakValueDictionary

from fastapi import Request, Response

from services.gateway.founding.firm_foundings import actions
from services.gateway.founding.firm_foundings.schemas import FirmFoundedOut, FirmFounding
from services.gateway.organisations.organisations.schemas import Credentials
from services.gateway.settings import settings_of
from services.gateway.sign_in.failed_sign_ins.rules import origin_of
from shared.clock import now
from shared.http.doors import platform_of
from shared.http.fields import NamedPerson
from shared.http.operations import Routes
from shared.problems import SeparationOfDuties, TooManyRequests

routes = Routes("firm foundings")

# However a secret is wrong, that is said after this long: guessing is slow and tells nothing.
_REFUSAL_SECONDS = 0.25
_NO_STORE = {"Cache-Control": "no-store"}


@routes.post(
    "/v1/firm-foundings",
    permission=None,
    status_code=201,
    response_model=FirmFoundedOut,
    refuses=(actions.InvitationNotValid, SeparationOfDuties, TooManyRequests),
)
async def found_firm(founding: FirmFounding, request: Request) -> Response:
    """Found an audit firm with the secret of a client's invitation, which works once. It needs no token.

    It has a first administrator, whose API client's secret is shown this once. After five wrong secrets in a row from
    one address, further attempts from there have to wait (429).
    """
    began, platform = time.monotonic(), platform_of(request)
    forwarded, peer = request.headers.get("x-forwarded-for"), request.client and request.client.host
    origin = origin_of(forwarded, peer, proxies=settings_of(platform).trusted_proxies)
    locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = request.app.state.sign_in_locks
    try:
        # One after the other from one address, so that each finds what the last counted.
        async with locks.setdefault((origin, actions.COUNTED_AS), asyncio.Lock()):
            new = await actions.found_by_invitation(platform.database, founding, origin=origin, at=now())
    except actions.InvitationNotValid:
        await asyncio.sleep(max(0.0, began + _REFUSAL_SECONDS - time.monotonic()))
        raise
    platform.bell.ring()
    founded = FirmFoundedOut(
        firm_id=new.organisation.id,
        title=new.organisation.title,
        kind=founding.kind,
        administrator=NamedPerson.model_validate(new.administrator, from_attributes=True),
        admin=Credentials(client_id=new.client.client.id, client_secret=new.client.secret),
    )
    headers = {"Location": f"/v1/firms/{new.organisation.id}", **_NO_STORE}
    return Response(founded.model_dump_json(), 201, headers, "application/json")
