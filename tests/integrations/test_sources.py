"""Sources and their secrets: registered, revised, handed over, retired; never shown again."""

import json
import uuid
from typing import Any

import asyncpg
import pytest

from deploy.local.stack import Stack
from services.integrations.receiving.sources.models import SourceKind, VerificationScheme
from services.integrations.receiving.sources.rules import LONGEST_ADDRESS, SCHEMES, Address, new_secret, standard_key
from tests.integrations.given import DRAFT, kinds, registered, trail
from tests.shared.given import superuser
from tests.support import Organisation, created, eventually, newcomer, ok, person, problem

TOPIC = "arn:aws:sns:eu-central-1:123456789012:scans"


async def test_a_source_has_an_address_and_a_secret_that_is_shown_once(org: Organisation) -> None:
    source = await registered(org)
    assert source["path"].startswith("/v1/hooks/attest_hook_")
    assert len(source["secret"]) > 40
    assert (source["scheme"], source["header"], source["status"]) == ("body_signature", None, "active")
    read = ok(await org.manager.get(f"/v1/sources/{source['id']}"))
    shown = {name: value for name, value in source.items() if name not in {"secret", "created_at", "updated_at"}}
    assert read == read | shown
    assert "secret" not in read
    assert read["owner"] == await person(org, "dana")
    assert ok(await org.manager.get("/v1/sources", params={"kind": "github"}))["items"] == [read]
    told = await trail(org, source["id"])
    assert kinds(told) == ["registered", "secret_issued"]
    address = source["path"].removeprefix("/v1/hooks/")
    assert source["secret"] not in json.dumps(told)
    assert address not in json.dumps(told)


async def test_a_secret_is_kept_encrypted_for_its_own_row(org: Organisation, stack: Stack) -> None:
    source = await registered(org, secret="0123456789abcdef-given")
    assert source["secret"] is None
    async with superuser(stack, "integrations") as connection:
        rows = await connection.fetch("select sealed from source_secrets where org_id = $1", uuid.UUID(org.id))
    assert len(rows) == 1
    assert b"given" not in rows[0]["sealed"]


@pytest.mark.parametrize("kind", SourceKind)
async def test_each_kind_has_its_own_way_to_prove_itself(org: Organisation, kind: SourceKind) -> None:
    topic = {"topic_arn": TOPIC} if kind == SourceKind.AWS_SNS else {}
    source = await registered(org, kind=kind, **topic)
    assert source["scheme"] == SCHEMES[kind][0]
    assert (source["secret"] is None) is (kind == SourceKind.AWS_SNS)
    assert (source["header"] is not None) is (source["scheme"] == "header_secret")


SHORT = "whsec_" + "A" * 8
INVALID: list[tuple[dict[str, Any], str]] = [
    ({"kind": "gitea"}, "/kind"),
    ({"scheme": "header_secret"}, "/scheme"),
    ({"header": "X-Token"}, "/header"),
    ({"kind": "gitlab", "header": "X-Token"}, "/header"),
    ({"kind": "aws_sns"}, "/topic_arn"),
    ({"topic_arn": TOPIC}, "/topic_arn"),
    ({"kind": "aws_sns", "topic_arn": "arn:aws:s3:::bucket"}, "/topic_arn"),
    ({"origins": ["example.com"]}, "/origins"),
    ({"secret": "short"}, "/secret"),
    ({"kind": "standard_webhooks", "secret": SHORT}, "/secret"),
    ({"kind": "standard_webhooks", "secret": "not-of-this-form-at-all"}, "/secret"),
    ({"branches": ["a b"]}, "/branches/0"),
]


@pytest.mark.parametrize(("changes", "pointer"), INVALID)
async def test_what_is_invalid_is_named(org: Organisation, changes: dict[str, Any], pointer: str) -> None:
    refused = problem(await org.manager.post("/v1/sources", json=DRAFT | changes), 422, "invalid")
    assert pointer in {each["pointer"] for each in refused["errors"]}


async def test_secrets_overlap_while_they_are_exchanged(org: Organisation) -> None:
    source = await registered(org, kind="servicenow", header="X-Attest-Token")
    url = f"/v1/sources/{source['id']}/secrets"
    past = {"others_end_at": "2020-01-01T00:00:00Z"}
    assert problem(await org.manager.post(url, json=past), 422, "invalid")["errors"][0]["pointer"] == "/others_end_at"
    new = created(await org.manager.post(url, json={"others_end_at": "2099-01-01T00:00:00Z"}))
    assert new["secret"] != source["secret"]
    first, second = ok(await org.manager.get(url))["items"]
    assert (first["expires_at"], second["expires_at"]) == ("2099-01-01T00:00:00+00:00", None)
    assert second["id"] == new["id"]
    assert "secret" not in second
    ok(await org.manager.post(f"{url}/{first['id']}/revocations"))
    problem(await org.manager.post(f"{url}/{first['id']}/revocations"), 409, "conflict")
    problem(await org.manager.post(f"{url}/{uuid.uuid4()}/revocations"), 404, "not-found")
    assert kinds(await trail(org, source["id"]))[2:] == ["secret_issued", "secret_revoked"]
    for _ in range(4):
        created(await org.manager.post(url, json={}))
    problem(await org.manager.post(url, json={}), 409, "too-many-source-secrets")


async def test_amazon_shares_no_secret(org: Organisation) -> None:
    source = await registered(org, kind="aws_sns", topic_arn=TOPIC)
    problem(await org.manager.post(f"/v1/sources/{source['id']}/secrets", json={}), 409, "source-needs-no-secret")


async def test_a_revision_needs_the_version_one_has_read(org: Organisation) -> None:
    source = await registered(org)
    path, change = f"/v1/sources/{source['id']}", {"title": "GitHub", "branches": ["main", "release"]}
    problem(await org.manager.patch(path, json=change), 428, "precondition-required")
    revised = ok(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}))
    assert (revised["title"], revised["branches"], revised["version"]) == ("GitHub", ["main", "release"], 2)
    problem(await org.manager.patch(path, json=change, headers={"If-Match": '"1"'}), 412, "stale")
    wrong = await org.manager.patch(path, json={"topic_arn": TOPIC}, headers={"If-Match": '"2"'})
    assert problem(wrong, 422, "invalid")["errors"][0]["pointer"] == "/topic_arn"


async def test_a_retired_source_stays_on_record_and_changes_no_more(org: Organisation) -> None:
    path = f"/v1/sources/{(await registered(org))['id']}"
    assert ok(await org.manager.post(f"{path}/retirements", json={"reason": "Moved to GitLab."}))["status"] == "retired"
    problem(await org.manager.post(f"{path}/retirements", json={"reason": "Again."}), 409, "conflict")
    problem(await org.manager.post(f"{path}/secrets", json={}), 409, "conflict")
    problem(await org.manager.patch(path, json={"title": "x"}, headers={"If-Match": "*"}), 409, "conflict")
    assert ok(await org.manager.get("/v1/sources", params={"status": "active"}))["items"] == []


async def test_who_may_see_and_set_up_sources(org: Organisation, other_org: Organisation) -> None:
    source = await registered(org)
    path = f"/v1/sources/{source['id']}"
    for member in (org.owner, org.viewer, org.monitor):
        problem(await member.get("/v1/sources"), 403, "forbidden")
        problem(await member.post("/v1/sources", json=DRAFT), 403, "forbidden")
    for method, at, body in (
        ("GET", path, None),
        ("GET", f"{path}/secrets", None),
        ("PATCH", path, {"title": "x"}),
        ("POST", f"{path}/retirements", {"reason": "x"}),
        ("POST", f"{path}/secrets", {}),
    ):
        headers = {"If-Match": "*"} if method == "PATCH" else {}
        problem(await other_org.manager.request(method, at, json=body, headers=headers), 404, "not-found")
    assert ok(await other_org.manager.get("/v1/sources"))["items"] == []


async def test_an_owner_who_is_unknown_or_gone_is_refused(org: Organisation) -> None:
    unknown = {"owner": str(uuid.uuid4())}
    problem(await org.manager.post("/v1/sources", json=DRAFT | unknown), 422, "unknown-person")
    source, nora = await registered(org), await newcomer(org, "nora")
    path = f"/v1/sources/{source['id']}"
    problem(await org.manager.patch(path, json=unknown, headers={"If-Match": "*"}), 422, "unknown-person")
    ok(await org.admin.post(f"/v1/people/{nora['id']}/departures", json={}))

    async def refused_as_gone() -> bool:
        answer = await org.manager.patch(path, json={"owner": nora["id"]}, headers={"If-Match": "*"})
        return bool(answer.status_code == 422 and answer.json()["type"] == "/problems/person-gone")

    await eventually(refused_as_gone)
    problem(await org.manager.post("/v1/sources", json=DRAFT | {"owner": nora["id"]}), 422, "person-gone")


async def test_what_a_leaver_owns_is_listed_and_handed_over(org: Organisation) -> None:
    nora, lee = await newcomer(org, "nora"), await person(org, "lee")
    source = await registered(org, owner=nora["id"])
    duties = ok(await org.viewer.get("/v1/services/integrations/duties", params={"person": nora["id"]}))["items"]
    assert [(duty["noun"], duty["duty"], duty["id"]) for duty in duties] == [("source", "owner", source["id"])]
    ok(await org.admin.post(f"/v1/people/{nora['id']}/handovers", json={"to": lee["id"], "reason": "She left."}))

    async def handed_over() -> bool:
        return bool(ok(await org.manager.get(f"/v1/sources/{source['id']}"))["owner"] == lee)

    await eventually(handed_over)


def test_an_address_says_whose_it_is_and_nothing_else_is_one() -> None:
    address = Address.new(uuid.uuid4(), uuid.uuid4())
    assert Address.read(str(address)) == address
    assert len(str(address)) <= LONGEST_ADDRESS
    for wrong in ("", "attest_hook_", "attest_hook_?", str(address)[:-4], str(address).removeprefix("attest_hook_")):
        assert Address.read(wrong) is None


def test_a_secret_of_standard_webhooks_is_of_the_form_it_says() -> None:
    made = standard_key(new_secret(VerificationScheme.STANDARD_WEBHOOKS))
    assert made is not None
    assert (made[0], len(made[1])) == (False, 32)
    assert standard_key("whpk_" + "A" * 43 + "=") == (True, bytes(32))
    for wrong in ("whpk_AAAA", "whsec_AAAA", "whsec_?", "other"):
        assert standard_key(wrong) is None


async def test_the_application_cannot_read_another_organisations_secrets(
    stack: Stack, org: Organisation, other_org: Organisation
) -> None:
    await registered(org)
    connection = await asyncpg.connect(stack.environment("integrations")["ATTEST_DATABASE_URL"])
    try:
        async with connection.transaction():
            await connection.execute("select set_config('app.org_id', $1, true)", other_org.id)
            assert await connection.fetch("select id from source_secrets") == []
    finally:
        await connection.close()
