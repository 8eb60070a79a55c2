"""A client invites a firm that has no account, and the firm founds itself with the secret: once, and for 14 days."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.client import client
from deploy.local.stack import Stack
from services.gateway.app import SERVICE
from services.gateway.firms.firm_invitations.models import FirmInvitation, InvitationStatus
from services.gateway.firms.firm_invitations.rules import VALID_FOR, status_of
from services.gateway.founding.firm_foundings.actions import InvitationNotValid, found_by_invitation
from services.gateway.founding.firm_foundings.schemas import FirmFounding
from services.gateway.sign_in.failed_sign_ins.rules import FREE_FAILURES
from shared.data.sessions import Database
from tests.support import Organisation, created, ok, problem, settings_of

DRAFT = {"firm_name": "Hale & Partners LLP", "contact_name": "Hanna Hale", "contact_email": "Hanna@Hale.example"}
AT = datetime(2026, 7, 1, tzinfo=UTC)


async def invited(org: Organisation) -> dict[str, Any]:
    return created(await org.manager.post("/v1/firm-invitations", json=DRAFT))


def founding(secret: str, **administrator: str) -> dict[str, Any]:
    """What an invited firm sends."""
    person = {"name": "Hanna Hale", "email": f"hanna@{uuid.uuid4()}.example"} | administrator
    return {"secret": secret, "title": "Hale & Partners LLP", "kind": "cpa_firm", "administrator": person}


def an_address() -> str:
    """One that no other test asks from."""
    return f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::1"


async def founded(stack: Stack, body: dict[str, Any], address: str) -> httpx.Response:
    """The answer to a founding that is asked for from an address, past the edge."""
    async with httpx.AsyncClient(base_url=stack.service_url("gateway"), timeout=30) as direct:
        return await direct.post("/v1/firm-foundings", json=body, headers={"X-Forwarded-For": address})


async def test_an_invited_firm_founds_itself_and_its_client_sees_it(
    org: Organisation, other_org: Organisation, stack: Stack
) -> None:
    invitation = await invited(org)
    path = f"/v1/firm-invitations/{invitation['id']}"
    assert (invitation["status"], invitation["contact_email"]) == ("open", "hanna@hale.example")
    assert invitation["invited_by"]["person"]["name"] == "Manager"
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as anyone:
        answer = await anyone.post("/v1/firm-foundings", json=founding(invitation["secret"]))
    assert answer.headers["cache-control"] == "no-store"
    firm = created(answer)
    seen = ok(await org.manager.get(path))
    assert (seen["status"], seen["firm_id"]) == ("accepted", firm["firm_id"])
    assert seen.keys() == invitation.keys() - {"secret"}
    assert seen["ended_at"] is not None
    found = ok(await org.manager.get("/v1/firm-invitations", params={"firm_id": firm["firm_id"], "status": "accepted"}))
    assert found["items"] == [seen]
    async with client(stack.url, **firm["admin"]) as admin:
        own = ok(await admin.get(f"/v1/firms/{firm['firm_id']}"))
        assert (own["name"], own["kind"], own["listed"]) == ("Hale & Partners LLP", "cpa_firm", False)
        assert ok(await admin.get("/v1/me"))["person"] == firm["administrator"]
        assert ok(await admin.get("/v1/firm-invitations"))["items"] == []
        licence = {
            "kind": "firm_permit",
            "region": "US-CA",
            "issued_by": "California Board of Accountancy",
            "number": "PAR 1234",
            "issued_to": "Hale & Partners LLP",
            "expires_on": (datetime.now(UTC).date() + timedelta(days=365)).isoformat(),
        }
        declared = created(await admin.post("/v1/licences", json=licence))
    assert ok(await org.viewer.get(f"/v1/firms/{firm['firm_id']}"))["licences"][0]["id"] == declared["id"]
    assert ok(await org.viewer.get(f"/v1/licences/{declared['id']}"))["issued_to"] == "Hale & Partners LLP"
    problem(await other_org.viewer.get(f"/v1/firms/{firm['firm_id']}"), 404, "not-found")
    problem(await other_org.viewer.get(f"/v1/licences/{declared['id']}"), 404, "not-found")
    told = ok(await org.manager.get("/v1/services/gateway/trail", params={"subject": invitation["id"]}))["items"]
    assert [each["type"] for each in told] == ["gateway.firm_invitation.issued", "gateway.firm_invitation.accepted"]
    assert told[1]["actor"] == "anonymous"
    assert invitation["secret"] not in str(told)
    problem(await founded(stack, founding(invitation["secret"]), an_address()), 403, "invitation-not-valid")


async def test_a_secret_works_once_also_for_several_at_the_same_time(org: Organisation, stack: Stack) -> None:
    secret = (await invited(org))["secret"]
    answers = await asyncio.gather(*(founded(stack, founding(secret), an_address()) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [403] * 7
    (first,) = (answer.json()["firm_id"] for answer in answers if answer.status_code == httpx.codes.CREATED)
    (seen,) = ok(await org.manager.get("/v1/firm-invitations"))["items"]
    assert seen["firm_id"] == first


async def test_nobody_learns_what_is_wrong_with_a_secret(org: Organisation, stack: Stack) -> None:
    revoked, used = await invited(org), await invited(org)
    ok(await org.manager.post(f"/v1/firm-invitations/{revoked['id']}/revocations", json={"reason": "Another firm."}))
    created(await founded(stack, founding(used["secret"]), an_address()))
    wrong = [founding(secret) for secret in ("attest_guess", revoked["secret"], used["secret"])]
    answers = [problem(await founded(stack, body, an_address()), 403, "invitation-not-valid") for body in wrong]
    said = [{name: value for name, value in answer.items() if name != "request_id"} for answer in answers]
    assert said[0] == said[1] == said[2]


async def test_an_expired_secret_founds_nothing(org: Organisation, stack: Stack) -> None:
    invitation = await invited(org)
    database = Database(settings_of(stack, "gateway"), SERVICE.recompute)
    body = FirmFounding.model_validate(founding(invitation["secret"]))
    expires = datetime.fromisoformat(invitation["expires_at"])
    try:
        with pytest.raises(InvitationNotValid):
            await found_by_invitation(database, body, origin=an_address(), at=expires)
    finally:
        await database.close()
    path = f"/v1/firm-invitations/{invitation['id']}"
    later = {"as_of": invitation["expires_at"]}
    assert ok(await org.manager.get(path))["status"] == "open"
    assert ok(await org.manager.get(path, params=later))["status"] == "expired"
    assert ok(await org.manager.get("/v1/firm-invitations", params=later | {"status": "open"}))["items"] == []


async def test_wrong_secrets_are_slowed_by_address(org: Organisation, stack: Stack) -> None:
    address, secret = an_address(), (await invited(org))["secret"]
    guesses = [await founded(stack, founding(f"attest_{number}"), address) for number in range(FREE_FAILURES)]
    assert {answer.status_code for answer in guesses} == {403}
    waits = await founded(stack, founding(secret), address)
    problem(waits, 429, "too-many-requests")
    assert 1 <= int(waits.headers["retry-after"]) <= 300
    created(await founded(stack, founding(secret), an_address()))


async def test_nobody_of_the_client_administers_the_firm(org: Organisation, stack: Stack) -> None:
    secret = (await invited(org))["secret"]
    answer = await founded(stack, founding(secret, email="DANA@Example.com"), an_address())
    refused = problem(answer, 403, "separation-of-duties")
    assert refused["errors"][0]["pointer"] == "/administrator/email"
    created(await founded(stack, founding(secret), an_address()))


async def test_a_client_revokes_its_invitation(org: Organisation, other_org: Organisation) -> None:
    invitation = await invited(org)
    path, why = f"/v1/firm-invitations/{invitation['id']}", {"reason": "Another firm was chosen."}
    problem(await other_org.manager.get(path), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/revocations", json=why), 404, "not-found")
    for stranger in (org.viewer, org.owner):
        problem(await stranger.get("/v1/firm-invitations"), 403, "forbidden")
        problem(await stranger.get(path), 403, "forbidden")
        problem(await stranger.post("/v1/firm-invitations", json=DRAFT), 403, "forbidden")
        problem(await stranger.post(f"{path}/revocations", json=why), 403, "forbidden")
    assert ok(await org.admin.post(f"{path}/revocations", json=why))["status"] == "revoked"
    problem(await org.admin.post(f"{path}/revocations", json=why), 409, "conflict")


def test_an_open_invitation_expires_and_an_ended_one_does_not() -> None:
    told: dict[str, Any] = {"firm_name": "F", "contact_name": "C", "contact_email": "c@f.example", "invited_by": {}}
    times: dict[str, Any] = {
        "org_id": uuid.UUID(int=1),
        "created_at": AT,
        "updated_at": AT,
        "expires_at": AT + VALID_FOR,
    }
    invitation = FirmInvitation(**told, **times)
    assert status_of(invitation, AT + VALID_FOR - timedelta(seconds=1)) == InvitationStatus.OPEN
    assert status_of(invitation, AT + VALID_FOR) == InvitationStatus.EXPIRED
    invitation.status = InvitationStatus.ACCEPTED
    assert status_of(invitation, AT + 2 * VALID_FOR) == InvitationStatus.ACCEPTED
