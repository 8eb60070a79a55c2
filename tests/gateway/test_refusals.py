"""References to people and addresses are refused alike by every operation of the gateway that takes them."""

import uuid
from typing import Any

from tests.gateway.support import newcomer
from tests.support import Organisation, created, ok, problem

_REASON = {"reason": "She moved to another company."}
_ANY = {"If-Match": "*"}


async def _gone(org: Organisation) -> str:
    """A person who has left."""
    person: str = created(await org.admin.post("/v1/people", json={"name": "Gone", "emails": ["gone@example.com"]}))[
        "id"
    ]
    ok(await org.admin.post(f"/v1/people/{person}/departures", json=_REASON))
    return person


async def test_a_reference_to_nobody_or_to_a_leaver_is_refused(org: Organisation) -> None:
    gone = await _gone(org)
    ann = created(await org.admin.post("/v1/people", json={"name": "Ann"}))["id"]
    team = created(await org.admin.post("/v1/teams", json={"title": "Platform"}))["id"]
    client = created(await org.admin.post("/v1/api-clients", json={"title": "Exporter", "roles": ["viewer"]}))["id"]
    for reference, slug in ((str(uuid.uuid4()), "unknown-person"), (gone, "person-gone")):
        member = {"person": reference, "roles": ["viewer"]}
        program = {"title": "Importer", "roles": ["viewer"], "responsible": reference}
        cases: list[tuple[str, str, dict[str, Any], str]] = [
            ("POST", "/v1/people", {"name": "Bo", "manager": reference}, "/manager"),
            ("PATCH", f"/v1/people/{ann}", {"manager": reference}, "/manager"),
            ("POST", f"/v1/people/{ann}/handovers", {"to": reference, **_REASON}, "/to"),
            ("POST", "/v1/teams", {"title": "Sales", "people": [reference]}, "/people/0"),
            ("PATCH", f"/v1/teams/{team}", {"people": [reference]}, "/people/0"),
            ("POST", "/v1/api-clients", program, "/responsible"),
            ("POST", f"/v1/api-clients/{client}/handovers", {"to": reference, **_REASON}, "/to"),
            ("POST", "/v1/members", member, "/person"),
            ("POST", "/v1/members/batch", {"members": [member]}, "/members/0/person"),
        ]
        for method, path, body, pointer in cases:
            refused = problem(await org.admin.request(method, path, json=body, headers=_ANY), 422, slug)
            assert refused["errors"][0]["pointer"] == pointer, path


async def test_an_address_of_another_person_is_refused(org: Organisation) -> None:
    gone = await _gone(org)
    ann = created(await org.admin.post("/v1/people", json={"name": "Ann", "emails": ["ann@example.com"]}))["id"]
    url, used = f"/v1/people/{ann}", {"new_person": {"name": "Bo", "emails": ["gone@example.com"]}, "roles": ["viewer"]}
    change = {"emails": ["dana@example.com"]}
    problem(await org.admin.patch(url, json=change, headers=_ANY), 409, "address-taken")
    change = {"emails": ["ann@example.com", "gone@example.com"]}
    problem(await org.admin.patch(url, json=change, headers=_ANY), 409, "address-used-before")
    problem(await org.admin.post("/v1/members", json=used), 409, "address-used-before")
    problem(await org.admin.post("/v1/members/batch", json={"members": [used]}), 409, "address-used-before")
    ok(await org.admin.patch(url, json={**change, "another_person": True}, headers=_ANY))
    problem(await org.admin.post(f"/v1/people/{gone}/returns", json={}), 409, "address-taken")


async def test_a_batch_of_members_keeps_the_rules_of_one(org: Organisation) -> None:
    nora = created(await org.admin.post("/v1/members", json=newcomer("nora")))["person"]["id"]
    batches = (
        ({"person": nora, "roles": ["viewer"]}, 409, "member-already", "/members/0/person"),
        (newcomer("zoe", ends_at="2020-01-01T00:00:00Z"), 422, "ends-in-the-past", "/members/0/ends_at"),
    )
    for member, status, slug, pointer in batches:
        refused = problem(await org.admin.post("/v1/members/batch", json={"members": [member]}), status, slug)
        assert refused["errors"][0]["pointer"] == pointer
